import { clusterOf, nodePlan, roles, type Blueprint, type NodePlan } from "../core/cluster.ts";
import type { Services } from "../core/ports.ts";
import { knock } from "../sim/ports.ts";
import { simulatedTarget } from "../sim/target.ts";
import type { States, World } from "../sim/world.ts";
import type { Reach } from "./bot.ts";

/** Simulated nodes instead of SSH: they live as long as the bot. */
export const simulatedReach: Reach = (state, current) => {
  /** By the id of the machine: a name that comes back has a new machine. */
  const machines = new Map<number, States>();
  const statesOf = (id: number): States => {
    const known = machines.get(id) ?? new Map<string, object>();
    machines.set(id, known);
    return known;
  };
  const worldOf = async (name: string): Promise<World> => {
    const blueprint = await state.clusters.blueprint(name);
    const inventory = await state.clusters.inventory(name);
    if (blueprint === undefined || inventory === undefined || inventory.publicAddress === null) {
      throw new Error(`the simulated cluster ${name} is not whole yet`);
    }
    const nodes = Object.entries(inventory.nodes).map(([node, known]) => ({ ...planOf(blueprint, node), ...known }));
    return {
      cluster: clusterOf(blueprint, nodes, inventory.publicAddress),
      states: new Map(nodes.map((node) => [node.name, statesOf(node.linodeId)])),
    };
  };
  const fleet: Services["fleet"] = (name, node) => {
    const blueprint = current().clusters.find((candidate) => candidate.name === name);
    if (blueprint === undefined) throw new Error(`there is no simulated cluster ${name}`);
    return simulatedTarget({ ...planOf(blueprint, node.name), ...node }, statesOf(node.linodeId), () => worldOf(name));
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

/** A node by its name, also one that the blueprint does not want yet or any more. */
function planOf(blueprint: Blueprint, name: string): NodePlan {
  const role = roles.find((candidate) => name.startsWith(candidate));
  if (role === undefined) throw new Error(`there is no simulated node ${name}`);
  return nodePlan(blueprint, role, Number(name.slice(role.length)));
}
