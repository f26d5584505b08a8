import { OpsError } from "./errors.ts";
import type { Services } from "./ports.ts";
import type { Claim, Fence } from "./target.ts";

/** The same nodes, each of them changed on behalf of this run and no other. */
export function fenced(fleet: Services["fleet"], fence: Fence): Services["fleet"] {
  return (cluster, node) => {
    const target = fleet(cluster, node);
    return {
      node: target.node,
      read: (facts, patience) => target.read(facts, patience),
      check: (items, patience) => target.check(items, patience),
      apply: (differences, changing) => target.apply(differences, { ...changing, fence }),
    };
  };
}

/** The fence that every change must carry. @throws TypeError without one: whoever changes a node outside of a run is at fault. */
export function demandFence(node: string, fence: Fence | undefined): Fence {
  if (fence === undefined) throw new TypeError(`${node} was to be changed outside of a run`);
  return fence;
}

/** Why a node that remembers `claim` must not be changed under `fence`; `undefined` when it may. */
export function refusal(node: string, fence: Fence, claim: Claim): OpsError | undefined {
  if (claim.by !== fence.by) return claimed(node, claim);
  return claim.turn > fence.turn ? superseded(node, fence, claim) : undefined;
}

/** A change did not end within the `seconds` that another one waited for it; `claim` is whose it is, where that is known. */
export function busy(node: string, claim: Claim | undefined, seconds: number): OpsError {
  const who = claim === undefined ? "another run" : `${nameOf(claim)}, which began this change ${ago(claim.seconds)}`;
  return new OpsError({
    code: "node_busy",
    node,
    message: `It is being changed by ${who}; that did not end within ${seconds} s.`,
    hint: `Wait until it ends, then give the command again; \`fuser -v /run/nonet/lock\` on ${node} shows what it does.`,
  });
}

function claimed(node: string, claim: Claim): OpsError {
  return new OpsError({
    code: "node_claimed",
    node,
    message: `It is looked after by another Nonet with a store of its own: ${nameOf(claim)} changed it ${ago(claim.seconds)}.`,
    hint: `Give the command to that one. If it is gone for good, remove /run/nonet/fence on ${node} (a restart of the node does the same) and give the command again.`,
  });
}

function superseded(node: string, fence: Fence, claim: Claim): OpsError {
  return new OpsError({
    code: "superseded",
    node,
    message:
      claim.run === fence.run
        ? `Another instance has taken this run over and changed the node ${ago(claim.seconds)}.`
        : `This run was taken over by another instance; since then ${nameOf(claim)} changed the node ${ago(claim.seconds)}.`,
    hint: "Nothing needs to be done here: the other instance goes on.",
  });
}

const nameOf = ({ run, actor }: Claim): string => `run ${run} of ${actor}`;

function ago(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, seconds)} s ago`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}
