import { clusterTag, nodesWith, type Cluster, type Node } from "../../src/core/cluster.ts";
import type { Told } from "../../src/core/fact.ts";
import type { StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { interfaces } from "../../src/ops/facts/address.ts";
import { databaseState } from "../../src/ops/facts/database.ts";
import { drbdState } from "../../src/ops/facts/drbd.ts";
import { pairStatus } from "../../src/ops/facts/pair.ts";
import { quorumState } from "../../src/ops/facts/quorum.ts";
import { unitStates } from "../../src/ops/facts/units.ts";
import { whoAnswers } from "../../src/ops/facts/wire.ts";
import type { Look, ProviderLook, Seen } from "../../src/policy/truth/seen.ts";
import { watchedUnits } from "../../src/policy/watched.ts";
import { askNode, tried } from "./ask.ts";

/** Asks the provider and all nodes at once, one round trip each. Never fails: who does not answer is part of the answer. */
export async function lookAt(services: Services, cluster: Cluster, context: StepContext): Promise<Seen> {
  const [provider, ...looks] = await Promise.all([
    tried(context, () => askProvider(services, cluster, context)),
    ...cluster.nodes.map((node) => lookAtNode(services, cluster, node, context)),
  ]);
  return { cluster, looks, provider };
}

async function lookAtNode(services: Services, cluster: Cluster, node: Node, context: StepContext): Promise<Look> {
  const base = [interfaces, unitStates(watchedUnits[node.role])] as const;
  const ask = <const F extends Parameters<typeof askNode>[3]>(facts: F) =>
    askNode(services, cluster, node, facts, context);
  const pair = [...base, quorumState, pairStatus] as const;
  // Balancers and databases are on both networks: four witnesses of each address are enough.
  const wire = whoAnswers(Object.values(cluster.floating).map(({ address, nic }) => ({ address, nic })));
  switch (node.role) {
    case "web":
    case "admin": {
      const { failure, told } = await ask(base);
      return { node, failure, interfaces: told[0], units: told[1] };
    }
    case "lb": {
      const { failure, told } = await ask([...pair, wire]);
      return { node, failure, ...pairParts(told), wire: told[4] };
    }
    case "db": {
      const { failure, told } = await ask([...pair, wire, databaseState]);
      return { node, failure, ...pairParts(told), wire: told[4], database: told[5] };
    }
    case "nfs": {
      const { failure, told } = await ask([...pair, drbdState]);
      return { node, failure, ...pairParts(told), drbd: told[4] };
    }
  }
}

type Told4 = readonly [
  Look["interfaces"],
  Look["units"],
  NonNullable<Look["quorum"]>,
  NonNullable<Look["pair"]>,
  ...Told<unknown>[],
];

const pairParts = ([addresses, units, quorum, pair]: Told4) => ({ interfaces: addresses, units, quorum, pair });

async function askProvider(services: Services, cluster: Cluster, context: StepContext): Promise<ProviderLook> {
  const [machines, ...addresses] = await Promise.all([
    services.cloud.listNodes(clusterTag(cluster.blueprint.name), context),
    ...nodesWith(cluster, "lb").map(async ({ name, linodeId, ipv4 }) => {
      const { ipv4: main, extra, shared } = await services.cloud.addresses(linodeId, context);
      const own = [main.address, ...extra].filter((address) => address !== ipv4.address);
      return [name, { own, shared }] as const;
    }),
  ]);
  return {
    machines: Object.fromEntries(machines.map(({ id, status }) => [id, status])),
    addresses: Object.fromEntries(addresses),
  };
}
