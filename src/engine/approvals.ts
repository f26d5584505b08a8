import { OpsError } from "../core/errors.ts";
import type { Approval, Verdict } from "../core/journal.ts";
import { planHash, type Plan } from "../core/plan.ts";
import type { Clock } from "../core/ports.ts";
import type { Hold, Journal } from "./journal.ts";
import type { Sql, Store } from "./store/port.ts";

/** Milliseconds an approval stays open. */
export const approvalMs = 15 * 60 * 1000;

/** A person's answer to an approval. */
export interface Decision {
  readonly approvalId: string;
  /** Of the plan the person looked at. */
  readonly planHash: string;
  readonly verdict: "approved" | "rejected";
  readonly actor: string;
  /** What the person typed, where the approval asks for it. */
  readonly typed?: string;
}

/** What to ask for. `secondPerson`: whether there is anybody but the requester who could answer. */
export async function newApproval(
  plan: Plan,
  parts: { id: string; requester: string; reason: string | null; now: number; secondPerson: boolean },
): Promise<Approval> {
  const { id, requester, reason, now, secondPerson } = parts;
  return {
    id,
    plan,
    planHash: await planHash(plan),
    requester,
    expiresAt: new Date(now + approvalMs).toISOString(),
    secondPerson: secondPerson && (plan.risk === "outage" || plan.risk === "dataloss"),
    typed: plan.risk === "dataloss" ? plan.cluster : null,
    reason,
  };
}

/** Why this decision cannot count; `undefined` when it can. */
function objection(approval: Approval, decision: Decision): OpsError | undefined {
  if (decision.planHash !== approval.planHash) {
    return new OpsError({
      code: "plan_is_stale",
      message: "The plan you answered is not the one that is waiting.",
      state: "Nothing was changed.",
      hint: "Look at the newest plan of this run and answer that one.",
    });
  }
  if (decision.verdict === "rejected") return undefined;
  if (approval.secondPerson && decision.actor === approval.requester) {
    return new OpsError({
      code: "needs_second_person",
      message: `You asked for this yourself; ${approval.plan.risk} needs the yes of somebody else.`,
      hint: "Ask another person with the role to approve it.",
    });
  }
  if (approval.typed !== null && decision.typed?.trim() !== approval.typed) {
    return new OpsError({
      code: "needs_typed_name",
      message: `This loses data: type the cluster's name, ${approval.typed}, to approve it.`,
      state: "Nothing was changed.",
    });
  }
  return undefined;
}

/** The approvals of all runs. Every decision is a row before anybody hears of it. */
export interface Approvals {
  /** Asks; asking again for the same id changes nothing. */
  request(runId: string, approval: Approval, hold: Hold): Promise<void>;
  /** Resolves once it is decided or has expired; never while `signal` is aborted. */
  wait(id: string, signal: AbortSignal, hold: Hold): Promise<Verdict>;
  /** @throws OpsError when the decision cannot count: `approval_closed`, `plan_is_stale` and others. */
  decide(decision: Decision): Promise<void>;
  /** Rejects what the run waits for. Returns whether it waited for anything. */
  withdraw(runId: string, actor: string): Promise<boolean>;
}

interface Row {
  readonly runId: string;
  readonly approval: Approval;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly verdict: Verdict | null;
}

async function find(sql: Sql, id: string): Promise<Row | undefined> {
  const row = await sql.get("select run_id, json, expires_at, verdict from approvals where id = ?", [id]);
  if (row === undefined) return undefined;
  const verdict = row["verdict"] === null ? null : (String(row["verdict"]) as Verdict);
  const approval: Approval = JSON.parse(String(row["json"]));
  return { runId: String(row["run_id"]), approval, expiresAt: Number(row["expires_at"]), verdict };
}

/** Waits until `decided` or until the time is up. */
async function waitFor(clock: Clock, milliseconds: number, decided: Promise<void>, signal: AbortSignal): Promise<void> {
  const asleep = new AbortController();
  try {
    await Promise.race([decided, clock.sleep(milliseconds, AbortSignal.any([signal, asleep.signal]))]);
  } finally {
    asleep.abort();
  }
}

/** Opens the approvals. */
export function openApprovals(store: Store, journal: Journal, clock: Clock): Approvals {
  /** Only the first verdict counts. */
  const close = (id: string, verdict: Verdict, actor: string | null, hold?: Hold): Promise<boolean> =>
    journal.transaction(async (page) => {
      const row = await page.get(
        "update approvals set verdict = ?, actor = ?, decided_at = ? where id = ? and verdict is null returning run_id",
        [verdict, actor, new Date(clock.now()).toISOString(), id],
      );
      if (row === undefined) return false;
      await page.append(String(row["run_id"]), { kind: "approval.decided", id, verdict, actor }, hold);
      return true;
    });
  return {
    request: (runId, approval, hold) =>
      journal.transaction(async (page) => {
        const asked = await page.get(
          `insert into approvals (id, run_id, json, expires_at) values (?, ?, ?, ?)
           on conflict (id) do nothing returning id`,
          [approval.id, runId, JSON.stringify(approval), Date.parse(approval.expiresAt)],
        );
        if (asked !== undefined) await page.append(runId, { kind: "approval.requested", approval }, hold);
      }),
    wait: async (id, signal, hold) => {
      const asked = await find(store, id);
      if (asked === undefined) throw new TypeError(`there is no approval ${id}`);
      const decided = Promise.withResolvers<void>();
      // Whichever process takes the answer, it comes through the journal.
      const unsubscribe = journal.subscribe(asked.runId, (event) => {
        if (event.kind === "approval.decided" && event.id === id) decided.resolve();
      });
      try {
        await waitFor(clock, asked.expiresAt - clock.now(), decided.promise, signal);
      } finally {
        unsubscribe();
      }
      await close(id, "expired", null, hold);
      return (await find(store, id))?.verdict ?? "expired";
    },
    decide: async (decision) => {
      const { approvalId: id, verdict, actor } = decision;
      const open = await find(store, id);
      if (open?.verdict === null && clock.now() >= open.expiresAt) await close(id, "expired", null);
      else if (open?.verdict === null) {
        const problem = objection(open.approval, decision);
        if (problem !== undefined) throw problem;
        if (await close(id, verdict, actor)) return;
      }
      throw alreadyClosed((await find(store, id))?.verdict ?? null);
    },
    withdraw: async (runId, actor) => {
      const open = await store.get("select id from approvals where run_id = ? and verdict is null", [runId]);
      return open !== undefined && close(String(open["id"]), "rejected", actor);
    },
  };
}

function alreadyClosed(verdict: Verdict | null): OpsError {
  return new OpsError({
    code: "approval_closed",
    message: verdict === null ? "There is no such approval." : `This was already ${verdict}.`,
    hint: "Start the command again to be asked again.",
  });
}
