import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { all, elements, runningIn, type PairStatus } from "./pair.ts";
import { unreadable } from "./unreadable.ts";

/** What Pacemaker would do if a node died, by its own scheduler on the live configuration. */
export interface Transition {
  /** Where resources are, and where they would be afterwards. */
  readonly before: PairStatus["running"];
  readonly after: PairStatus["running"];
  /** In their order: `start vip on lb2`; recurring monitors are left out. */
  readonly steps: readonly string[];
}

/**
 * Simulates the death of a node; changes nothing: the scheduler works on a copy of the live configuration.
 * @param quorate whether the others still have quorum then
 */
export function transitionWithout(node: string, quorate: boolean): Fact<Transition> {
  return {
    name: "transition",
    script: sh`crm_simulate --live-check --simulate --quorum=${quorate ? "true" : "false"} --node-fail=${node} --output-as=xml`,
    parse(output) {
      const root = elements(output).find(({ tag }) => tag === "pacemaker-result");
      const [now] = all(root, "cluster_status");
      const [then] = all(root, "revised_cluster_status");
      const [transition] = all(root, "transition");
      if (now === undefined || then === undefined || transition === undefined) {
        throw unreadable("crm_simulate did not print a transition as XML.");
      }
      return {
        before: runningIn(all(now, "resource")),
        after: runningIn(all(then, "resource")),
        steps: transition.children.flatMap(({ tag, attributes: { resource, op, node: on, task, action, target } }) => {
          if (tag === "rsc_action" && op !== "monitor") return [`${op ?? task} ${resource} on ${on}`];
          if (tag === "cluster_action") return [`${task} ${on}`];
          return tag === "fencing_action" ? [`fence ${target} (${action})`] : [];
        }),
      };
    },
    query: { node, quorate },
  };
}
