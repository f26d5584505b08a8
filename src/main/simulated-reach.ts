import { toCluster, plannedNodes, type Cluster } from "../core/cluster.ts";
import type { Services } from "../core/ports.ts";
import { knock } from "../sim/ports.ts";
import { simulatedTarget } from "../sim/target.ts";
import type { States, World } from "../sim/world.ts";
import type { Reach } from "./bot.ts";

/** Simulated nodes instead of SSH: they live as long as the bot. */
export const simulatedReach: Reach = (state, current) => {
  const nodes = new Map<string, Map<string, States>>();
  const worldOf = async (name: string): Promise<World> => {
    const blueprint = await state.clusters.blueprint(name);
    const inventory = await state.clusters.inventory(name);
    const cluster: Cluster | undefined = blueprint && inventory && toCluster(blueprint, inventory);
    if (cluster === undefined) throw new Error(`the simulated cluster ${name} is not whole yet`);
    return { cluster, states: nodes.get(name) ?? new Map() };
  };
  const fleet: Services["fleet"] = (name, node) => {
    const cluster = nodes.get(name) ?? new Map<string, States>();
    nodes.set(name, cluster);
    const held = cluster.get(node.name) ?? new Map<string, object>();
    cluster.set(node.name, held);
    const world = () => worldOf(name);
    const blueprint = current().clusters.find((candidate) => candidate.name === name);
    const plan = blueprint && plannedNodes(blueprint).find((candidate) => candidate.name === node.name);
    if (plan === undefined) throw new Error(`there is no simulated node ${node.name} in ${name}`);
    return simulatedTarget({ ...plan, ...node }, held, world);
  };
  const outside: Services["outside"] = {
    async scan(targets) {
      const { scanFrom, clusters } = current();
      const [first] = clusters;
      if (scanFrom === null || first === undefined) return null;
      const world = await worldOf(first.name);
      return Object.fromEntries(
        targets.map(({ address, ports }) => [
          address,
          Object.fromEntries(ports.map((port) => [port, knock(world, scanFrom, address, port)])),
        ]),
      );
    },
  };
  return Promise.resolve({ fleet, outside, close: () => undefined });
};
