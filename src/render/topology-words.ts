import type { Condition, Duty, TopologyDrawing, TopologyFlow, TopologyNode } from "../core/drawing.ts";
import { allOf, counted } from "../core/words.ts";
import { utcMoment } from "./scale.ts";

/** Who has it: `address 10.10.0.20 is on db1`. */
export function dutyWords({ what, holders, condition }: Duty): string {
  if (holders.length > 0) return `${what}: ${allOf(holders)}${condition === "unknown" ? ", the rest unknown" : ""}`;
  return `${what}: ${condition === "unknown" ? "unknown" : "nobody"}`;
}

const worst: readonly Condition[] = ["split", "down", "degraded", "unknown"];

/** A cluster's picture in words, the worst first. */
export function topologyWords(drawing: TopologyDrawing): string[] {
  const { cluster, at, verdict, nodes, duties, vlan, flows } = drawing;
  const wrong = worst.flatMap((condition) => {
    const own = nodes.filter((node) => node.condition === condition);
    return own.length === 0 ? [] : [`${condition}: ${own.map((node) => nodeWords(node, verdict)).join(", ")}.`];
  });
  const fine = nodes.filter(({ condition }) => condition === "fine").length;
  const places = Map.groupBy(nodes, ({ place }) => place);
  const where = [...places].map(([place, own]) => `${place}: ${own.map(({ name }) => name).join(", ")}`);
  return [
    `Cluster ${cluster} at ${utcMoment(at)}: ${verdict}.`,
    ...wrong,
    `fine: ${fine === nodes.length ? "all" : `${fine} of`} ${counted(nodes.length, "node")}.`,
    `${duties.map(dutyWords).join("; ")}.`,
    `Data centres: ${where.join("; ")}.`,
    `Flows, inside over the VLAN ${vlan}: ${flowWords(flows).join("; ")}.`,
  ];
}

/** What the verdict says already is not said again. */
function nodeWords({ name, says }: TopologyNode, verdict: string): string {
  const more = says.filter((words) => !verdict.includes(words));
  return more.length === 0 ? name : `${name} (${more.join("; ")})`;
}

/** Flows between different roles, those that are alike together: `admin → lb, web: 322, ping`. */
export function flowWords(flows: readonly TopologyFlow[]): string[] {
  const between = flows.filter(({ from, to }) => from !== to);
  const ways = Map.groupBy(between, ({ from, to }) => JSON.stringify([from, to]));
  const joined = [...ways.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    return [{ from: first.from, to: first.to, ports: portWords([first, ...more]) }];
  });
  const outward = Map.groupBy(joined, ({ from, ports }) => JSON.stringify([from, ports]));
  const gathered = [...outward.values()].map((all) => ({
    from: all[0]?.from,
    to: all.map(({ to }) => to).join(", "),
    ports: all[0]?.ports,
  }));
  const inward = Map.groupBy(gathered, ({ to, ports }) => JSON.stringify([to, ports]));
  return [...inward.values()].map(
    (all) => `${all.map(({ from }) => from).join(", ")} → ${all[0]?.to}: ${all[0]?.ports}`,
  );
}

/** The ports of flows, without repetition. */
export const portWords = (flows: readonly TopologyFlow[]): string =>
  [...new Set(flows.map(({ ports }) => ports))].join(", ");
