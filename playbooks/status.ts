import { z } from "zod";
import { ClusterName, toCluster, type Cluster } from "../src/core/cluster.ts";
import { OpsError } from "../src/core/errors.ts";
import { describeLock } from "../src/core/lock.ts";
import { playbook } from "../src/core/playbook.ts";
import type { Services } from "../src/core/ports.ts";
import { loadBlueprint } from "./steps/blueprint.ts";
import { judge, lookAt, verdictOf, type Look } from "./steps/look.ts";

/** Joins blueprint and inventory. @throws OpsError when the cluster has not been built to the end. */
export async function loadCluster(services: Services, name: string): Promise<Cluster> {
  const blueprint = await loadBlueprint({ services }, name);
  const inventory = await services.clusters.inventory(name);
  const cluster = inventory === undefined ? undefined : toCluster(blueprint, inventory);
  if (cluster !== undefined) return cluster;
  throw new OpsError({
    code: "not_built",
    message: `The cluster ${name} is not built${inventory === undefined ? "" : " to the end"}.`,
    state: `${Object.keys(inventory?.nodes ?? {}).length} of its nodes exist.`,
    hint: `Run /cluster build ${name}; it carries on where it stopped.`,
  });
}

/** Says what is true right now: one verdict and a row per node. */
export const status = playbook({
  name: "status",
  version: 1,
  input: z.object({ name: ClusterName }),
  risk: "read",
  cluster: ({ name }) => name,

  async run(run, { name }) {
    const cluster = await loadCluster(run.services, name);
    const found = await run.step({ name: "look", title: `Ask all nodes of ${name}` }, async (context) => {
      const looks = await lookAt(run.services, cluster, context);
      const judgement = judge(cluster, looks);
      const rows = looks.map((look) => row(cluster, look));
      const answered = looks.filter(({ failure }) => failure === null).length;
      const locks = (await run.services.clusters.locks()).filter((lock) =>
        [null, name].some((of) => of === lock.cluster),
      );
      const value = { verdict: verdictOf(judgement), rows, locks: locks.map(describeLock) };
      return { sentence: `${answered} of ${looks.length} nodes answered.`, value };
    });
    const columns = ["node", "public", "private", "state", "services", "role now"];
    return {
      ok: found.verdict === "consistent",
      verdict: found.verdict,
      table: { columns, rows: found.rows },
      ...(found.locks.length === 0 ? {} : { text: found.locks.join("\n") }),
      data: { nodes: found.rows.map(([node, , , state]) => ({ node: node ?? "", state: state ?? "" })) },
    };
  },
});

function row(cluster: Cluster, look: Look): string[] {
  const { node } = look;
  const place = [node.name, node.ipv4.address, node.privateIp ?? "–"];
  if (look.failure !== null) return [...place, "unreachable", "unknown", look.failure];
  const down = Object.entries(look.units).filter(([, state]) => state !== "active");
  const services = down.length === 0 ? "all active" : down.map(([unit, state]) => `${unit} ${state}`).join(", ");
  return [...place, "up", services, duties(cluster, look).join(", ")];
}

function duties(cluster: Cluster, look: Extract<Look, { failure: null }>): string[] {
  const floating = Object.values(cluster.floating).filter(({ address }) =>
    look.addresses.some((held) => held.address === address),
  );
  const found = floating.map(({ address }) => `holds ${address}`);
  if (look.node.role === "db" && look.database !== null) found.push(look.database.readOnly ? "read only" : "writer");
  if (look.node.role === "nfs" && look.drbd !== null) found.push(`${look.drbd.role}, ${look.drbd.disk}`);
  return found;
}
