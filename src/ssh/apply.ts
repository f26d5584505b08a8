import { OpsError } from "../core/errors.ts";
import { lines, type Action } from "../core/shell.ts";
import type { Difference, Fence, Patience } from "../core/target.ts";
import { counted } from "../core/words.ts";
import type { Connection } from "./connection.ts";
import { broken, unframed } from "./ending.ts";
import { actionPart, compile, newNonce, parseFrames, type Frame } from "./frames.ts";
import { guardPart, guardRefusal, openLock, type Guard } from "./guard.ts";
import { excerpt, secretsIn, type Output } from "./output.ts";

/** An action and whose it is: `file /etc/hosts`. */
export interface Labelled {
  readonly label: string;
  readonly action: Action;
}

type Done = Labelled & { readonly action: Exclude<Action, { kind: "prove" }> };

/** What an operation wants done about each difference, in order. */
export function plainActions(differences: readonly Difference[]): Labelled[] {
  return differences.flatMap(({ item, have, changes }) =>
    item.operation
      .apply(item.want, changes, have)
      .map((action) => ({ label: `${item.operation.name} ${item.key}`, action })),
  );
}

/** Whose actions they are and how long they may take; `folder` is where the node keeps its lock and its fence. */
export interface Terms extends Required<Patience> {
  readonly fence: Fence;
  readonly folder: string;
}

/**
 * Carries out actions in order, all in one round trip except that a `prove` stands between two. What one round trip
 * does never overlaps with another, and each looks anew whether the run may still change the node.
 * @throws OpsError `action_failed`, `prove_failed`, `deadline`, `connection_lost`, `cancelled`, `node_busy`, `superseded`, `node_claimed`
 */
export async function applyActions(
  connection: Connection,
  actions: readonly Labelled[],
  secrets: Iterable<string>,
  { fence, folder, ...patience }: Terms,
): Promise<void> {
  const known = [...secrets, ...actions.flatMap(({ action }) => secretsIn(sent(action)))];
  const until = performance.now() + patience.deadlineMs;
  const rest = () => ({ signal: patience.signal, deadlineMs: Math.max(1, until - performance.now()) });
  const total = actions.length;
  const carryOut = (batch: readonly Done[], before: number) => {
    const left = rest();
    // Half of the time at most goes into waiting, so that there is some left for the work.
    const guard = { folder, fence, seconds: Math.max(1, Math.floor(left.deadlineMs / 2000)) };
    return runBatch(connection, batch, { guard, known, total, before }, left);
  };
  let batch: Done[] = [];
  for (const [index, { label, action }] of actions.entries()) {
    if (action.kind !== "prove") {
      batch.push({ label, action });
      continue;
    }
    await carryOut(batch, index - batch.length);
    batch = [];
    try {
      await connection.prove(action.port, rest());
    } catch (error) {
      throw error instanceof OpsError ? withState(error, tally(index, total)) : error;
    }
  }
  await carryOut(batch, total - batch.length);
}

function sent(action: Action) {
  if (action.kind === "write") return action.content;
  return action.kind === "run" ? action.stdin : undefined;
}

interface Progress {
  readonly guard: Guard;
  readonly known: readonly string[];
  readonly total: number;
  /** Actions done before this batch. */
  readonly before: number;
}

async function runBatch(
  connection: Connection,
  batch: readonly Done[],
  progress: Progress,
  patience: Required<Patience>,
) {
  if (batch.length === 0) return;
  const { guard } = progress;
  const nonce = newNonce();
  const parts = [guardPart(guard), ...batch.map(({ action }) => actionPart(action))];
  const script = lines([openLock(guard), compile(parts, nonce, "actions")]);
  const result = await connection.run({ script }, patience);
  // The guard comes before the first action.
  const frames = parseFrames(result.stdout, nonce).map((frame) => ({ ...frame, index: frame.index - 1 }));
  const last = frames.at(-1);
  const complete = last?.index === batch.length - 1 && last.status !== undefined;
  if (complete && last.status === 0) return;
  throw failure(connection.node, batch, last, result, progress);
}

function failure(node: string, batch: readonly Done[], last: Frame | undefined, result: Output, progress: Progress) {
  const { guard, known, total, before } = progress;
  const begun = last !== undefined && (last.index >= 0 || last.status === 0);
  const current = batch[last?.index ?? 0];
  const doing = begun ? describe(current) : "the wait for its turn";
  const done = before + (begun ? last.index + (last.status === 0 ? 1 : 0) : 0);
  const output = last?.output ?? result.stdout + result.stderr;
  if (last?.status === undefined || last.status === 0) {
    if (result.ending.kind === "exit") return withState(unframed(node, result, known), tally(done, total));
    const state = `${tally(done, total)} ${begun ? "The one that was running may have been done in part." : ""}`;
    return broken(result.ending, { node, doing, state: state.trim(), output, secrets: known });
  }
  const refused = begun ? undefined : guardRefusal(node, guard, last);
  if (refused !== undefined) return withState(refused, tally(done, total));
  return new OpsError({
    code: "action_failed",
    node,
    message: `${doing} failed (exit status ${last.status}).`,
    state: tally(done, total),
    hint: "See the output for the reason; once it is gone, run the command again: it carries on from here.",
    output: excerpt(output, known),
  });
}

/** In words that name the thing and what was being done to it; never what was sent on standard input. */
function describe(doing: Done | undefined): string {
  if (doing === undefined) return "an action";
  const { label, action } = doing;
  if (action.kind === "write") return `${label} (writing ${action.path})`;
  const [first = "", ...more] = action.script.trim().split("\n");
  const line = first.length > 100 || more.length > 0 ? `${first.slice(0, 100)} …` : first;
  return `${label} (${line})`;
}

function tally(done: number, total: number): string {
  if (done === 0) return `None of ${counted(total, "action")} was done.`;
  return `${done} of ${counted(total, "action")} ${done === 1 ? "was" : "were"} done; the rest was not.`;
}

function withState(error: OpsError, state: string): OpsError {
  const { code, message, node, hint, output, cause } = error;
  return new OpsError({
    code,
    message,
    state,
    cause,
    ...(node === undefined ? {} : { node }),
    ...(hint === undefined ? {} : { hint }),
    ...(output === undefined ? {} : { output }),
  });
}
