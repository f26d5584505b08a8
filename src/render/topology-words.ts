import type { Condition, Duty, TopologyDrawing, TopologyNode } from "../core/drawing.ts";
import { allOf } from "../core/words.ts";
import { utcMoment } from "./scale.ts";

/** Who has it: `address 10.10.0.20 is on db1`. */
export function dutyWords({ what, holders, condition }: Duty): string {
  if (holders.length > 0) return `${what}: ${allOf(holders)}${condition === "unknown" ? ", the rest unknown" : ""}`;
  return `${what}: ${condition === "unknown" ? "unknown" : "nobody"}`;
}

const worst: readonly Condition[] = ["split", "down", "degraded", "unknown", "fine"];

/** A cluster's picture in words, the worst first. */
export function topologyWords({ cluster, at, verdict, nodes, duties, vlan }: TopologyDrawing): string[] {
  const byCondition = Map.groupBy(nodes, ({ condition }) => condition);
  const states = worst.flatMap((condition) => {
    const own = byCondition.get(condition) ?? [];
    return own.length === 0 ? [] : [`${allOf(own.map(nodeWords))} ${own.length === 1 ? "is" : "are"} ${condition}.`];
  });
  const places = Map.groupBy(nodes, ({ place }) => place);
  const where = [...places].map(([place, own]) => `${place}: ${own.map(({ name }) => name).join(", ")}`).join("; ");
  return [
    `Cluster ${cluster} at ${utcMoment(at)}: ${verdict}.`,
    ...states,
    `${duties.map(dutyWords).join("; ")}.`,
    `Data centres: ${where}.`,
    `Arrows: the internet to the balancers, over the VLAN ${vlan} to the web servers, databases and storage; admin watches all.`,
  ];
}

const nodeWords = ({ name, says }: TopologyNode): string => (says.length === 0 ? name : `${name} (${says.join("; ")})`);
