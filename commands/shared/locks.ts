import { answer, type Call, type Reply } from "../../src/core/command.ts";
import { OpsError } from "../../src/core/errors.ts";
import { isFinished } from "../../src/core/journal.ts";
import { shortId } from "../../src/core/left.ts";
import { describeLock, titleOf } from "../../src/core/lock.ts";

/** What is locked, in words. */
const thing = (cluster: string | null): string => cluster ?? "all clusters";
const unlocking = (cluster: string | null): string => (cluster === null ? "/unfreeze" : `/unlock ${cluster}`);

/** Locks a cluster or, `null`, all. @throws OpsError `already_locked` with who, since when and why. */
export async function holdUp(call: Call, cluster: string | null, reason: string): Promise<Reply> {
  const held = await call.runs.lock(cluster, reason);
  if (held !== undefined) {
    throw new OpsError({
      code: "already_locked",
      message: `${describeLock(held)}.`,
      state: "That lock stays as it is.",
      hint: `${unlocking(cluster)} lifts it.`,
    });
  }
  const { runs } = await call.runs.latest(cluster);
  const going = runs.filter((run) => !isFinished(run) && run.risk !== "read" && run.state !== "queued");
  const left = going.map((run) => `${titleOf(run)} by ${run.actor} goes on; /runs cancel ${shortId(run.id)} stops it.`);
  const verdict = [`Changes of ${thing(cluster)} wait until ${unlocking(cluster)}.`, ...left].join(" ");
  return answer({ ok: true, verdict });
}

/**
 * Lifts a lock; whoever may lock may also lift the lock of somebody else, but has to say why.
 * @throws OpsError `not_locked` or `needs_reason`.
 */
export async function letGo(call: Call, cluster: string | null, reason: string | undefined): Promise<Reply> {
  const held = (await call.services.clusters.locks()).find((lock) => lock.cluster === cluster);
  if (held !== undefined && held.actor !== call.actor && reason === undefined) {
    throw new OpsError({
      code: "needs_reason",
      message: `${describeLock(held)}.`,
      state: "It stays as it is.",
      hint: `Ask ${held.actor}, or say why you lift it: ${unlocking(cluster)} REASON…`,
    });
  }
  const lifted = await call.runs.unlock(cluster, reason ?? null);
  if (lifted === undefined) {
    const message = cluster === null ? "Changes are not frozen." : `${cluster} is not locked.`;
    throw new OpsError({ code: "not_locked", message });
  }
  const why = reason === undefined ? "" : ` ${call.actor} lifted it: ${reason}`;
  return answer({ ok: true, verdict: `What waited goes on. It was: ${describeLock(lifted)}.${why}` });
}
