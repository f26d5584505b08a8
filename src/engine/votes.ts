import { OpsError } from "../core/errors.ts";
import { isMet, objectionToAnswer, voteOf, type Answer, type Vote } from "../core/friction.ts";
import type { Approval } from "../core/approval.ts";
import type { CheckedCode } from "./one-time-codes.ts";
import type { Sql } from "./store/port.ts";

/** What an answer leads to. */
export type Ruling =
  | { readonly kind: "refused"; readonly problem: OpsError }
  /** It counts, and somebody else must say yes as well. */
  | { readonly kind: "more"; readonly vote: Vote }
  | { readonly kind: "approved"; readonly vote: Vote }
  | { readonly kind: "rejected" }
  | { readonly kind: "broken"; readonly reason: string };

/** Wrong one-time codes after which somebody may no longer answer an approval. */
const mostWrongCodes = 5;

/** Those who have said yes, in that order. */
export async function votesOf(sql: Sql, approvalId: string): Promise<Vote[]> {
  const rows = await sql.all("select actor, typed, via from votes where approval_id = ? order by at, actor", [
    approvalId,
  ]);
  return rows.map((row) => ({ actor: String(row["actor"]), typed: row["typed"] === 1, via: String(row["via"]) }));
}

/** Decides what an answer to an open approval leads to, and keeps the vote it is. Must have the approval for itself. */
export async function rule(
  sql: Sql,
  approval: Approval,
  answer: Answer,
  parts: { readonly at: string; readonly code: CheckedCode },
): Promise<Ruling> {
  const votes = await votesOf(sql, approval.id);
  const objection = objectionToAnswer(approval, votes, answer);
  if (objection !== undefined) return { kind: "refused", problem: objection };
  if (answer.verdict === "rejected") return { kind: "rejected" };
  const wrong = await objectionToCode(sql, approval.id, answer.actor, parts.code);
  if (wrong !== undefined) return { kind: "refused", problem: wrong };
  if (answer.verdict === "break-glass") return { kind: "broken", reason: answer.reason ?? "" };
  const vote = voteOf(approval.need, answer);
  const { actor, typed, via } = vote;
  await sql.run("insert into votes values (?, ?, ?, ?, ?)", [approval.id, actor, typed ? 1 : 0, via, parts.at]);
  return { kind: isMet(approval.need, [...votes, vote], approval.requester) ? "approved" : "more", vote };
}

/** Uses a code up; counts wrong ones, so that nobody can try them all. */
async function objectionToCode(
  sql: Sql,
  approvalId: string,
  actor: string,
  code: CheckedCode,
): Promise<OpsError | undefined> {
  if (code.kind === "needless") return undefined;
  if (code.kind === "missing") return code.problem;
  const row = await sql.get("select count from code_failures where approval_id = ? and actor = ?", [approvalId, actor]);
  if (Number(row?.["count"] ?? 0) >= mostWrongCodes) {
    return new OpsError({
      code: "too_many_codes",
      message: `${mostWrongCodes} wrong one-time codes: you cannot answer this approval any more.`,
      hint: "Start the command again to be asked anew.",
    });
  }
  if (code.kind === "right") {
    const used = await sql.get(
      `insert into code_uses values (?, ?) on conflict (actor) do update set step = excluded.step
       where code_uses.step < excluded.step returning step`,
      [actor, code.step],
    );
    if (used !== undefined) return undefined;
  }
  await sql.run(
    `insert into code_failures values (?, ?, 1)
     on conflict (approval_id, actor) do update set count = code_failures.count + 1`,
    [approvalId, actor],
  );
  return new OpsError({
    code: "wrong_code",
    message: code.kind === "right" ? "This one-time code was used before." : "This one-time code is not right.",
    hint: "Wait for the next code and answer again.",
  });
}
