import { z } from "zod";
import { nodesWith, pairRoles, type PairRole } from "../src/core/cluster.ts";
import { valueOf } from "../src/core/fact.ts";
import { pairStatus } from "../src/ops/facts/pair.ts";
import { transitionWithout, type Transition } from "../src/ops/facts/transition.ts";
import type { Finding } from "../src/policy/finding.ts";
import { vip } from "../src/policy/floating.ts";
import { askNode, thorough } from "../src/look/ask.ts";
import { inspection, NodeName, nodeNamed, ofCluster, type Asking, type Report } from "./steps/inspection.ts";

/** Says what Pacemaker would do if a node died; nothing is changed. */
export const inspectFailover = inspection({
  name: "inspect failover",
  title: "Ask Pacemaker's scheduler",
  input: ofCluster.extend({
    role: z.enum(pairRoles).describe("the pair"),
    node: NodeName.optional().describe("the node that dies; without it, the one that has the floating address"),
  }),
  async look(asking, { role, node }) {
    if (node !== undefined) nodeNamed(asking.cluster, node);
    return failoverReport(asking, role, node);
  },
});

async function failoverReport(
  { services, cluster, context }: Asking,
  role: PairRole,
  chosen: string | undefined,
): Promise<Report> {
  const nodes = nodesWith(cluster, role);
  // Each simulates the death of the other: only a survivor's answer counts.
  const answers = await Promise.all(
    nodes.map(async (node) => {
      const [dead] = nodes.filter((other) => other !== node);
      const facts = [pairStatus, transitionWithout(dead?.name ?? "", true)] as const;
      return { dead: dead?.name ?? "", ...(await askNode(services, cluster, node, facts, context, thorough)) };
    }),
  );
  const views = answers.flatMap(({ told: [pair] }) => valueOf(pair) ?? []);
  const dead = chosen ?? views.flatMap(({ running }) => running[vip] ?? [])[0]?.node;
  if (dead === undefined)
    return { findings: [{ level: "unknown", says: `nobody tells which ${role} node has the address` }] };
  const survivor = answers.find((answer) => answer.dead === dead);
  if (survivor === undefined)
    return { findings: [{ level: "unknown", says: `${dead} is no node of the ${role} pair` }] };
  const [, transition] = survivor.told;
  if (!transition.known) return { findings: [{ level: "unknown", says: `${survivor.node.name}: ${transition.why}` }] };
  return told(role, dead, survivor.node.name, transition.value);
}

function told(role: PairRole, dead: string, survivor: string, { before, after, steps }: Transition): Report {
  const places = (all: Transition["before"], id: string) =>
    (all[id] ?? []).map(({ node }) => node).join(", ") || "nowhere";
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const lost = ids.filter((id) => (before[id] ?? []).length > 0 && (after[id] ?? []).length === 0);
  const takes = (after[vip] ?? []).some(({ node }) => node === survivor);
  const findings: Finding[] = [
    ...(lost.length === 0
      ? []
      : [{ level: "degraded", says: `without ${dead}, ${lost.join(", ")} would run nowhere` } as const]),
    takes
      ? { level: "note", says: `if ${dead} died, ${survivor} would serve ${role}, with the quorum server's vote` }
      : { level: "degraded", says: `if ${dead} died, nobody would have the ${role} address` },
  ];
  return {
    findings,
    table: {
      columns: ["resource", "now", `without ${dead}`],
      rows: ids.map((id) => [id, places(before, id), places(after, id)]),
    },
    lines:
      steps.length === 0
        ? ["Pacemaker would do nothing."]
        : ["Pacemaker would, in this order:", ...steps.map((step) => `  ${step}`)],
  };
}
