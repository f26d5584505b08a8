import type { CloudNode } from "../../src/core/cloud.ts";
import {
  clusterOf,
  nodeLabel,
  plannedNodes,
  type Blueprint,
  type Cluster,
  type Inventory,
  type InventoryNode,
} from "../../src/core/cluster.ts";

/** A cluster as it will be once all its machines exist. */
export interface Foreseen {
  readonly cluster: Cluster;
  /** Names of the nodes whose addresses are known: those that exist and that a build has taken up. */
  readonly known: ReadonlySet<string>;
  /** Puts words in the place of each address that nobody can know yet. */
  readonly say: (text: string) => string;
}

/**
 * Joins the blueprint with what exists. What does not has stand-ins for its addresses: always the same, so that the same
 * facts make the same plan, and from networks that no machine can be in (240.0.0.0/4, RFC 1112; 100::/64, RFC 6666).
 */
export function foresee(
  blueprint: Blueprint,
  inventory: Inventory | undefined,
  existing: readonly CloudNode[],
): Foreseen {
  const ids = new Set(existing.map(({ id }) => id));
  const words = new Map<string, string>();
  const known = new Set<string>();
  const nodes = plannedNodes(blueprint).map((plan, at) => {
    const entry = inventory?.nodes[plan.name];
    if (entry !== undefined && ids.has(entry.linodeId)) {
      known.add(plan.name);
      return { ...plan, ...entry };
    }
    const awaited = standIn(nodeLabel(blueprint.name, plan.name), at + 1);
    words.set(awaited.ipv4.address, `(address of ${plan.name})`);
    words.set(awaited.ipv6.address, `(IPv6 address of ${plan.name})`);
    return { ...plan, ...awaited };
  });
  // The public address belongs to the first balancer and goes with it.
  const kept = known.has("lb1") ? inventory?.publicAddress : null;
  const publicAddress = kept ?? { address: "240.0.1.0", prefix: 24 };
  if (publicAddress !== kept) words.set(publicAddress.address, "(public floating address)");
  const say = (text: string) => text.replaceAll(standIns, (address) => words.get(address) ?? address);
  return { cluster: clusterOf(blueprint, nodes, publicAddress), known, say };
}

const standIns = /(?<![\da-f.:])(?:240\.0\.[01]\.\d+|100::\d+)/g;

function standIn(label: string, number: number) {
  return {
    linodeId: 0,
    label,
    ipv4: { address: `240.0.0.${number}`, gateway: "240.0.0.254", prefix: 24 },
    ipv6: { address: `100::${number}`, gateway: "100::ffff", prefix: 64 },
    hostKey: "",
    sshPort: 22,
  } as const satisfies InventoryNode;
}
