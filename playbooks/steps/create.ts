import type { CloudNode } from "../../src/core/cloud.ts";
import {
  clusterTag,
  nodeLabel,
  pairRoles,
  plannedNodes,
  type Blueprint,
  type Inventory,
  type InventoryNode,
  type NodePlan,
} from "../../src/core/cluster.ts";
import type { Run, StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { cloudConfig } from "../../src/policy/first-boot.ts";

const groupLabel = (blueprint: Blueprint, role: string): string => `${blueprint.name}-${role}`;
const hasGroup = (role: string): boolean => (pairRoles as readonly string[]).includes(role);

/**
 * Creates what is missing of a cluster's machines and addresses; adopts what an earlier try made. Returns how many
 * machines were created or booted.
 */
export async function createMachines(run: Run, blueprint: Blueprint): Promise<number> {
  await run.step({ name: "placement groups", title: "Placement groups" }, async (context) => {
    for (const role of pairRoles) {
      await run.services.cloud.ensurePlacementGroup(groupLabel(blueprint, role), blueprint.regions.cluster, context);
    }
    return { sentence: "The nodes of each pair are kept on different hosts." };
  });
  const made = await run.parallel(plannedNodes(blueprint), (plan) => createMachine(run, blueprint, plan));
  await run.step({ name: "public address", title: "Public floating address" }, (context) =>
    floatingAddress(run.services, blueprint, context),
  );
  return made.filter(Boolean).length;
}

/** A step that creates one machine, or adopts and boots the one there is. Returns whether there was anything to do. */
export function createMachine(run: Run, blueprint: Blueprint, plan: NodePlan): Promise<boolean> {
  return run.step({ name: `create ${plan.name}`, title: `Create ${plan.name}`, node: plan.name }, (context) =>
    createNode(run.services, blueprint, plan, context),
  );
}

async function createNode(services: Services, blueprint: Blueprint, plan: NodePlan, context: StepContext) {
  const hostKey = await services.vault.hostKey(blueprint.name, plan.name);
  const botKey = await services.vault.botKey();
  const node = await services.cloud.ensureNode(
    {
      label: nodeLabel(blueprint.name, plan.name),
      region: plan.region,
      type: plan.type,
      image: "linode/debian12",
      tags: [clusterTag(blueprint.name), `ha:role=${plan.role}`, `ha:node=${plan.name}`],
      authorizedKeys: [botKey.publicKey],
      userData: cloudConfig(plan.name, hostKey, botKey.publicKey),
      vlan: plan.privateIp === null ? null : { label: `${blueprint.name}-ha`, ipamAddress: `${plan.privateIp}/24` },
      dataDiskMb: plan.role === "nfs" ? blueprint.storageMb : null,
      placementGroup: hasGroup(plan.role) ? groupLabel(blueprint, plan.role) : null,
    },
    context,
  );
  await remember(services, blueprint, plan, node, hostKey.publicKey, context);
  const verb = node.created ? "was created" : node.booted ? "was off and is booted" : "exists already";
  const changed = node.created || node.booted;
  const sentence = `${node.label} ${verb} (Linode ${node.id}, ${node.region}).`;
  return { sentence, value: changed, changed: changed ? 1 : 0 };
}

async function remember(
  services: Services,
  blueprint: Blueprint,
  plan: NodePlan,
  node: CloudNode,
  hostKey: string,
  context: StepContext,
): Promise<void> {
  const { ipv4, ipv6 } = await services.cloud.addresses(node.id, context);
  await updateInventory(services, blueprint.name, (inventory) => {
    // A rebuilt machine under the same name starts on port 22 again.
    const known = inventory.nodes[plan.name];
    const sshPort = known?.linodeId === node.id ? known.sshPort : 22;
    const entry: InventoryNode = { linodeId: node.id, label: node.label, ipv4, ipv6, hostKey, sshPort };
    return { ...inventory, nodes: { ...inventory.nodes, [plan.name]: entry } };
  });
}

async function floatingAddress(services: Services, blueprint: Blueprint, context: StepContext) {
  const inventory = await services.clusters.inventory(blueprint.name);
  const [holder, ...others] = plannedNodes(blueprint).flatMap(({ name, role }) => {
    const node = inventory?.nodes[name];
    return role === "lb" && node !== undefined ? [node] : [];
  });
  if (holder === undefined) throw new Error("no balancer is in the inventory");
  const address = await services.cloud.ensureExtraIpv4(holder.linodeId, context);
  for (const other of others) await services.cloud.shareIpv4(other.linodeId, [address], context);
  await updateInventory(services, blueprint.name, (now) => ({
    ...now,
    publicAddress: { address, prefix: holder.ipv4.prefix },
  }));
  return { sentence: `Visitors reach the cluster at ${address}.` };
}

const queues = new Map<string, Promise<unknown>>();

/** Changes the inventory; changes of one cluster wait for one another, so that none is lost. */
export async function updateInventory(
  services: Services,
  cluster: Blueprint["name"],
  change: (inventory: Inventory) => Inventory,
): Promise<void> {
  const turn = (queues.get(cluster) ?? Promise.resolve()).then(async () => {
    const now = (await services.clusters.inventory(cluster)) ?? { cluster, nodes: {}, publicAddress: null };
    await services.clusters.saveInventory(change(now));
  });
  // A failed change must not hold up the next one; its own caller hears of it.
  queues.set(
    cluster,
    turn.catch(() => undefined),
  );
  await turn;
}
