import { z } from "zod";
import { clusterTag, pairRoles, ClusterName } from "../src/core/cluster.ts";
import { sha256 } from "../src/core/plan.ts";
import { playbook, type PlanContext } from "../src/core/playbook.ts";
import { counted } from "../src/core/words.ts";

/** What exists at the provider under the cluster's tag, split by whether the inventory knows it. */
async function find(context: PlanContext, name: string) {
  const inventory = await context.services.clusters.inventory(name);
  const known = new Map(Object.entries(inventory?.nodes ?? {}).map(([node, { linodeId }]) => [linodeId, node]));
  const tagged = await context.services.cloud.listNodes(clusterTag(name), context);
  return {
    ours: tagged
      .filter(({ id }) => known.has(id))
      .map((machine) => ({ ...machine, node: known.get(machine.id) ?? "" })),
    foreign: tagged.filter(({ id }) => !known.has(id)),
  };
}

/** Deletes a cluster: only what carries its tag and is in the inventory. */
export const destroy = playbook({
  name: "destroy",
  version: 1,
  input: z.object({ name: ClusterName }),
  risk: "dataloss",
  cluster: ({ name }) => name,

  async plan(context, { name }) {
    const { ours, foreign } = await find(context, name);
    const left =
      foreign.length === 0
        ? ""
        : ` Not in the inventory, so they stay: ${foreign.map(({ label }) => label).join(", ")}.`;
    return {
      summary: `${counted(ours.length, "machine")} would be deleted with all data.${left}`,
      deletes: ours.map(({ node, label, id }) => ({ node, label, id, monthlyUsd: null })),
      usualSeconds: 30,
      fingerprint: await sha256(JSON.stringify(ours.map(({ id }) => id))),
    };
  },

  async run(run, { name }) {
    const ours = await run.step({ name: "list", title: `Find the machines of ${name}` }, async (context) => {
      const found = await find({ ...context, services: run.services }, name);
      const value = found.ours.map(({ id, label, node }) => ({ id, label, node }));
      return { sentence: `${counted(value.length, "machine")} of ${name} found.`, value };
    });
    await run.parallel(ours, ({ id, label, node }) =>
      run.step({ name: `delete ${node}`, title: `Delete ${node}`, node }, async (context) => {
        await run.services.cloud.deleteNode(id, clusterTag(name), context);
        return { sentence: `${label} is gone.`, changed: 1 };
      }),
    );
    const left = await run.step({ name: "forget", title: "See what is left" }, async (context) => {
      for (const role of pairRoles) await run.services.cloud.deletePlacementGroup(`${name}-${role}`, context);
      const found = await run.services.cloud.listNodes(clusterTag(name), context);
      const inventory = await run.services.clusters.inventory(name);
      if (inventory !== undefined) {
        await run.services.clusters.saveInventory({ ...inventory, nodes: {}, publicAddress: null });
      }
      await run.services.vault.forget(name);
      await run.services.sights.forget(name);
      const value = found.map(({ label, type }) => `${label} (${type})`);
      return { sentence: value.length === 0 ? "Nothing is left." : `Left: ${value.join(", ")}.`, value };
    });
    const verdict =
      left.length === 0
        ? `${name} is gone; nothing of it is left and nothing of it costs anything.`
        : `What carries the tag ${clusterTag(name)} but was not ours to delete still costs: ${left.join(", ")}.`;
    return { ok: left.length === 0, verdict };
  },
});
