import type { Node } from "../src/core/cluster.ts";
import { interfaces } from "../src/ops/facts/address.ts";
import { certificates } from "../src/ops/facts/certificates.ts";
import { clockState } from "../src/ops/facts/clock.ts";
import { fileSystems } from "../src/ops/facts/file-systems.ts";
import { hostState } from "../src/ops/facts/host.ts";
import { listening } from "../src/ops/facts/listening.ts";
import { restarts } from "../src/ops/facts/restarts.ts";
import { unitStates } from "../src/ops/facts/units.ts";
import { updates } from "../src/ops/facts/updates.ts";
import { hostFindings, hostLines } from "../src/policy/host-report.ts";
import { watchedCertificates } from "../src/policy/watch/certificates.ts";
import type { ClockLook } from "../src/policy/watch/clocks.ts";
import { watchedUnits } from "../src/policy/watched.ts";
import { askNode, thorough } from "../src/look/ask.ts";
import { inspection, NodeName, nodeNamed, ofCluster, type Asking, type Report } from "./steps/inspection.ts";

/** Says how one machine is: load, memory, clock, disks, updates, certificates, services, addresses and ports. */
export const inspectNode = inspection({
  name: "inspect node",
  title: "Ask the node",
  input: ofCluster.extend({ node: NodeName }),
  look: (asking, { node }) => nodeReport(asking, nodeNamed(asking.cluster, node)),
});

/** Everything about one machine that is not about its pair. */
export async function nodeReport({ services, cluster, context }: Asking, node: Node): Promise<Report> {
  const { role, name } = node;
  const facts = [
    hostState,
    interfaces,
    unitStates(watchedUnits[role]),
    listening,
    fileSystems,
    updates,
    restarts,
    certificates(watchedCertificates[role]),
  ] as const;
  const [clock, { told, failure }] = await Promise.all([
    askClock({ services, cluster, context }, node),
    askNode(services, cluster, node, facts, context, thorough),
  ]);
  if (failure !== null) {
    return { findings: [{ level: "unknown", says: `${name} cannot be reached` }], lines: [failure] };
  }
  const [host, cards, units, ports, disks, waiting, restartsDue, certificatesHeld] = told;
  const look = {
    ...{ host, cards, units, ports, disks, clock },
    ...{ updates: waiting, restarts: restartsDue, certificates: certificatesHeld },
  };
  return { findings: hostFindings(node, look), lines: hostLines(look) };
}

/** By itself, because it is only as well known as the round trip is short. */
async function askClock({ services, cluster, context }: Asking, node: Node): Promise<ClockLook> {
  const asked = services.clock.now();
  const { told } = await askNode(services, cluster, node, [clockState], context);
  return { name: node.name, told: told[0], asked, answered: services.clock.now() };
}
