import { randomUUID } from "node:crypto";
import type { Verdict } from "../core/ask.ts";
import { OpsError } from "../core/errors.ts";
import type { Answer, Vote } from "../core/friction.ts";
import type { Approval } from "../core/approval.ts";
import type { Clock } from "../core/ports.ts";
import type { Hold, Journal, Page } from "./journal.ts";
import type { CheckedCode } from "./one-time-codes.ts";
import type { Row, Sql, Store } from "./store/port.ts";
import { rule, votesOf, type Ruling } from "./votes.ts";

/** Milliseconds an approval stays open. */
export const approvalMs = 15 * 60 * 1000;

/** Whether an approval that was given may be used; it is used once. */
type Fate = "used" | "stale" | "no_rights";

/** An approval as it is kept. */
interface Kept {
  readonly approval: Approval;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** `null` while it is open. */
  readonly verdict: Verdict | null;
  /** When the verdict came; milliseconds since 1970. */
  readonly decidedAt: number | null;
  readonly fate: Fate | null;
}

/** The approvals of all runs. Every answer is a row before anybody hears of it. */
export interface Approvals {
  find(id: string): Promise<Kept | undefined>;
  /** Those who have said yes. */
  votes(id: string): Promise<readonly Vote[]>;
  /** Asks; asking again for the same id changes nothing. */
  request(runId: string, approval: Approval, hold: Hold): Promise<void>;
  /** Takes an answer; returns whether that decided it. @throws OpsError saying why the answer cannot count. */
  answer(answer: Answer, code: CheckedCode): Promise<boolean>;
  /** Ends it for want of an answer, unless there was one. */
  expire(id: string, hold?: Hold): Promise<void>;
  /** Rejects what the run waits for; returns its id. */
  withdraw(runId: string, actor: string): Promise<string | undefined>;
  /** Says what becomes of it now that it was approved; only the first time counts, and that is returned. */
  settle(id: string, fate: Fate, reason: string, hold: Hold): Promise<Fate>;
  /** The run knows how it ended. */
  heard(id: string): Promise<void>;
  /** Ends those whose time is up; returns all whose runs have not heard yet how they ended. */
  due(): Promise<string[]>;
}

async function find(sql: Sql, id: string): Promise<Kept | undefined> {
  const row = await sql.get("select * from approvals where id = ?", [id]);
  return row === undefined ? undefined : kept(row);
}

function kept(row: Row): Kept {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  const decidedAt = text("decided_at");
  return {
    approval: JSON.parse(String(row["json"])),
    expiresAt: Number(row["expires_at"]),
    verdict: text("verdict") as Verdict | null,
    decidedAt: decidedAt === null ? null : Date.parse(decidedAt),
    fate: text("fate") as Fate | null,
  };
}

const unheard = "heard = 0 and run_id in (select id from runs where outcome is null)";

/** Opens the approvals. */
export function openApprovals(store: Store, journal: Journal, clock: Clock): Approvals {
  const at = () => new Date(clock.now()).toISOString();
  const expire = (id: string, hold?: Hold) =>
    journal.transaction((page) => close(page, { id, verdict: "expired", actor: null, at: at() }, hold));
  return {
    find: (id) => find(store, id),
    votes: (id) => votesOf(store, id),
    request: (runId, approval, hold) =>
      journal.transaction(async (page) => {
        const asked = await page.get(
          `insert into approvals (id, run_id, json, expires_at) values (?, ?, ?, ?)
           on conflict (id) do nothing returning id`,
          [approval.id, runId, JSON.stringify(approval), Date.parse(approval.expiresAt)],
        );
        if (asked !== undefined) await page.append(runId, { kind: "approval.requested", approval }, hold);
      }),
    answer: async (answer, code) => {
      // Whatever it leads to is kept, also that it does not count: a wrong code is counted.
      const result = await journal.transaction((page) => take(page, answer, { code, now: clock.now() }));
      if (result instanceof OpsError) throw result;
      return result;
    },
    expire,
    withdraw: (runId, actor) =>
      journal.transaction(async (page) => {
        const open = await page.get("select id from approvals where run_id = ? and verdict is null", [runId]);
        if (open === undefined) return undefined;
        const id = String(open["id"]);
        await close(page, { id, verdict: "rejected", actor, at: at() });
        return id;
      }),
    settle: (id, fate, reason, hold) =>
      journal.transaction(async (page) => {
        const row = await page.get("update approvals set fate = ? where id = ? and fate is null returning run_id", [
          fate,
          id,
        ]);
        if (row === undefined) return (await find(page, id))?.fate ?? fate;
        if (fate !== "used") {
          await page.append(String(row["run_id"]), { kind: "approval.refused", id, why: fate, reason }, hold);
        }
        return fate;
      }),
    heard: (id) => store.run("update approvals set heard = 1 where id = ?", [id]),
    due: async () => {
      const late = await store.all(
        `select id from approvals where verdict is null and expires_at <= ? and ${unheard}`,
        [clock.now()],
      );
      for (const row of late) await expire(String(row["id"]));
      const rows = await store.all(`select id from approvals where verdict is not null and ${unheard}`);
      return rows.map((row) => String(row["id"]));
    },
  };
}

/** Only the first verdict counts. */
async function close(
  page: Page,
  parts: { readonly id: string; readonly verdict: Verdict; readonly actor: string | null; readonly at: string },
  hold?: Hold,
): Promise<void> {
  const { id, verdict, actor, at } = parts;
  const row = await page.get(
    "update approvals set verdict = ?, actor = ?, decided_at = ? where id = ? and verdict is null returning run_id",
    [verdict, actor, at, id],
  );
  if (row !== undefined) {
    await page.append(String(row["run_id"]), { kind: "approval.decided", id, verdict, actor }, hold);
  }
}

/** Takes an answer; returns whether that decided the approval, or why it cannot count. */
async function take(
  page: Page,
  answer: Answer,
  { code, now }: { readonly code: CheckedCode; readonly now: number },
): Promise<boolean | OpsError> {
  const { approvalId: id, actor } = answer;
  const at = new Date(now).toISOString();
  // From here on nobody else answers before this transaction ends.
  const row = await page.get("update approvals set heard = heard where id = ? returning *", [id]);
  const open = row === undefined ? undefined : kept(row);
  if (row === undefined || open?.verdict !== null) return alreadyClosed(open?.verdict ?? null);
  if (now >= open.expiresAt) {
    await close(page, { id, verdict: "expired", actor: null, at });
    return alreadyClosed("expired");
  }
  const ruling = await rule(page, open.approval, answer, { at, code });
  if (ruling.kind === "refused") return ruling.problem;
  await record(page, String(row["run_id"]), open.approval, { ruling, actor, at });
  if (ruling.kind === "more") return false;
  await close(page, { id, verdict: ruling.kind === "rejected" ? "rejected" : "approved", actor, at });
  return true;
}

/** Journals what an answer led to, but for the verdict. */
async function record(
  page: Page,
  runId: string,
  { id, need }: Approval,
  { ruling, actor, at }: { readonly ruling: Ruling; readonly actor: string; readonly at: string },
): Promise<void> {
  if (ruling.kind === "more" || (ruling.kind === "approved" && need.people > 1)) {
    await page.append(runId, { kind: "approval.voted", id, ...ruling.vote });
  }
  if (ruling.kind !== "broken") return;
  const review = randomUUID().slice(0, 8);
  const { reason } = ruling;
  await page.run("insert into votes values (?, ?, 0, 'break-glass', ?)", [id, actor, at]);
  await page.run("insert into reviews (id, run_id, actor, reason, at) values (?, ?, ?, ?, ?)", [
    review,
    runId,
    actor,
    reason,
    at,
  ]);
  await page.append(runId, { kind: "glass.broken", id, actor, reason, review });
}

function alreadyClosed(verdict: Verdict | null): OpsError {
  return new OpsError({
    code: "approval_closed",
    message: verdict === null ? "There is no such approval." : `This was already ${verdict}.`,
    hint: "Start the command again to be asked again.",
  });
}
