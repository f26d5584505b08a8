import type { Cluster, Node } from "../src/core/cluster.ts";
import { converge, differences } from "../src/core/converge.ts";
import { toFailure } from "../src/core/errors.ts";
import type { PlannedChange } from "../src/core/plan.ts";
import { oneByOne, playbook, stepOn, type PlanContext } from "../src/core/playbook.ts";
import { allOf } from "../src/core/words.ts";
import { firewallStage } from "../src/policy/base.ts";
import { loadCluster } from "./status.ts";
import { inspectAfter, inspectBefore } from "./steps/around.ts";
import { lineByLine } from "./steps/line-by-line.ts";
import { ofCluster } from "./steps/inspection.ts";

/** Puts the declared rules back where others run or would be loaded at boot; one node after the other. */
export const repairFirewall = playbook({
  name: "repair firewall",
  version: 1,
  input: ofCluster,
  risk: "reversible",
  cluster: ({ cluster }) => cluster,

  async plan(context, { cluster: name }) {
    const cluster = await loadCluster(context.services, name);
    const found = await Promise.all(cluster.nodes.map((node) => changesOn(context, cluster, node)));
    const changes = found.flatMap((one) => one.changes);
    const silent = found.flatMap(({ failure }) => failure ?? []);
    const nodes = new Set(changes.map(({ node }) => node));
    const rest = silent.length === 0 ? "" : ` Not known, and left alone: ${silent.join(" ")}`;
    return {
      summary:
        changes.length === 0
          ? `All rules that could be read are as declared.${rest}`
          : `The declared rules would be put back on ${allOf([...nodes])}.${rest}`,
      changes,
    };
  },

  async run(run, { cluster: name }) {
    const { services } = run;
    const cluster = await loadCluster(services, name);
    const before = await inspectBefore(run, cluster.blueprint);
    const due = await run.step({ name: "find", title: "See which nodes differ" }, async (context) => {
      const found = await Promise.all(cluster.nodes.map((node) => changesOn({ ...context, services }, cluster, node)));
      const value = [...new Set(found.flatMap(({ changes }) => changes.map(({ node }) => node)))];
      return { sentence: value.length === 0 ? "None." : `${allOf(value)}.`, value };
    });
    await oneByOne(
      cluster.nodes.filter((node) => due.includes(node.name)),
      (node) =>
        run.step(stepOn(node, "repair", "Put the declared rules back"), async ({ signal, steady }) => {
          const target = services.fleet(name, node);
          const { changed } = await converge(target, [firewallStage(cluster, node)], {
            signal,
            steady,
            deadlineMs: 180_000,
          });
          const sentence = changed.length === 0 ? "As declared." : "As declared, proven by a new connection.";
          return { sentence, changed: changed.length };
        }),
    );
    const after = await inspectAfter(run, cluster, before);
    return {
      ok: true,
      verdict: `The declared rules are back on ${due.length === 0 ? "no node: none differed" : allOf(due)}.`,
      ...after,
    };
  },
});

/** What differs on a node; `failure` says why that is not known. */
async function changesOn(
  { services, signal }: PlanContext,
  cluster: Cluster,
  node: Node,
): Promise<{ readonly changes: readonly PlannedChange[]; readonly failure?: string }> {
  try {
    const target = services.fleet(cluster.blueprint.name, node);
    const found = await differences(target, firewallStage(cluster, node).items, { signal, deadlineMs: 30_000 });
    const changes = found.map(({ item: { operation, key }, changes: fields }) => {
      return { node: node.name, operation: operation.name, key, changes: fields.flatMap(lineByLine) };
    });
    return { changes };
  } catch (error) {
    signal.throwIfAborted();
    return { changes: [], failure: `${node.name}: ${toFailure(error).message}` };
  }
}
