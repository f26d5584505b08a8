import { hostState } from "../src/ops/facts/host.ts";
import { interfaces } from "../src/ops/facts/address.ts";
import { listening } from "../src/ops/facts/listening.ts";
import { unitStates } from "../src/ops/facts/units.ts";
import { hostFindings, hostLines } from "../src/policy/host-report.ts";
import { watchedUnits } from "../src/policy/watched.ts";
import { askNode, thorough } from "../src/look/ask.ts";
import { inspection, NodeName, nodeNamed, ofCluster, type Asking, type Report } from "./steps/inspection.ts";
import type { Node } from "../src/core/cluster.ts";

/** Says how one machine is: clock, load, memory, disks, services, addresses and ports. */
export const inspectNode = inspection({
  name: "inspect node",
  title: "Ask the node",
  input: ofCluster.extend({ node: NodeName }),
  look: (asking, { node }) => nodeReport(asking, nodeNamed(asking.cluster, node)),
});

/** Everything about one machine that is not about its pair. */
export async function nodeReport({ services, cluster, context }: Asking, node: Node): Promise<Report> {
  const facts = [hostState, interfaces, unitStates(watchedUnits[node.role]), listening] as const;
  const asked = services.clock.now();
  const { told, failure } = await askNode(services, cluster, node, facts, context, thorough);
  if (failure !== null)
    return { findings: [{ level: "unknown", says: `${node.name} cannot be reached` }], lines: [failure] };
  // Half of the round trip is a good guess at when the node looked at its clock.
  const now = (asked + services.clock.now()) / 2;
  const [host, cards, units, ports] = told;
  return {
    findings: hostFindings(node, { host, cards, units, ports }, now),
    lines: hostLines({ host, cards, units, ports }, now),
  };
}
