import { pairRoles, type PairRole } from "../../core/cluster.ts";
import type { Condition, Duty, TopologyDrawing, TopologyFlow, TopologyNode } from "../../core/drawing.ts";
import { valueOf } from "../../core/fact.ts";
import { isFine, verdictOf, type Finding } from "../finding.ts";
import { matrix, portWords, type Flow } from "../flows.ts";
import { of, type Look, type Seen, type TruthRow } from "./seen.ts";

/** The picture of a truth table: `rows` are what `truth` says of what was seen, `at` is milliseconds since 1970. */
export function topologyOf(seen: Seen, rows: readonly TruthRow[], at: number): TopologyDrawing {
  const { cluster, looks } = seen;
  const findings = rows.flatMap((row) => row.findings);
  return {
    kind: "topology",
    cluster: cluster.blueprint.name,
    vlan: `${cluster.blueprint.network.vlan}.0/24`,
    at,
    verdict: verdictOf(findings),
    condition: conditionOf(findings),
    nodes: looks.map((look) => nodeOf(look, seen, rows)),
    duties: [...pairRoles.map((role) => addressDuty(seen, rows, role)), ...roleDuties(seen, rows)],
    flows: flowsOf(matrix),
  };
}

function conditionOf(findings: readonly Finding[]): Condition {
  if (isFine(findings)) return "fine";
  return (["split", "degraded"] as const).find((level) => findings.some((one) => one.level === level)) ?? "unknown";
}

/** As bad as the worst that is said of it anywhere; findings name the nodes they are about. */
function nodeOf({ node, failure }: Look, { provider }: Seen, rows: readonly TruthRow[]): TopologyNode {
  const { name, role, region } = node;
  const named = new RegExp(`\\b${name}\\b`);
  const own = rows.flatMap(({ what, findings }) => findings.filter(({ says }) => what === name || named.test(says)));
  const told = own.filter(({ level }) => level !== "note").map(({ says }) => says);
  const isOff = provider.known && (provider.value.machines[node.linodeId] ?? "gone") !== "running";
  const condition = failure === null ? conditionOf(own) : isOff ? "down" : "unknown";
  return { name, role, place: region, condition, says: [...new Set(told)] };
}

function addressDuty(seen: Seen, rows: readonly TruthRow[], role: PairRole): Duty {
  const { address } = seen.cluster.floating[role];
  const holders = of(seen, role).flatMap(({ node, interfaces }) =>
    valueOf(interfaces)?.addresses.some((held) => held.address === address) ? [node.name] : [],
  );
  const what = `address ${address}`;
  return { role, what, badge: address, holders, ...stateOf(rows, `${role} ${what}`) };
}

function roleDuties(seen: Seen, rows: readonly TruthRow[]): Duty[] {
  const writers = of(seen, "db").flatMap(({ node, database }) =>
    valueOf(database)?.readOnly === false ? [node.name] : [],
  );
  const primaries = of(seen, "nfs").flatMap(({ node, drbd }) => (valueOf(drbd)?.role === "Primary" ? [node.name] : []));
  return [
    { role: "db", what: "database writer", badge: "writer", holders: writers, ...stateOf(rows, "database writer") },
    {
      role: "nfs",
      what: "DRBD primary",
      badge: "DRBD primary",
      holders: primaries,
      ...stateOf(rows, "storage primary"),
    },
  ];
}

/** How a row of the truth table stands, and the worst of what is said there. */
function stateOf(rows: readonly TruthRow[], what: string): Pick<Duty, "condition" | "says"> {
  const findings = rows.find((row) => row.what === what)?.findings ?? [];
  const condition = conditionOf(findings);
  return { condition, says: findings.find(({ level }) => level === condition)?.says ?? "" };
}

/** The flow matrix between roles; the pair's own traffic is a flow of the role to itself. */
function flowsOf(flows: readonly Flow[]): TopologyFlow[] {
  return flows.flatMap((flow): TopologyFlow[] => {
    const { from, to, protocol } = flow;
    // Operators may be anywhere, and reach everything alike.
    if (from === "operators") return [];
    const ports = protocol === "icmp" ? "ping" : portWords(flow);
    return [{ from: from === "peer" ? to : from, to, ports, network: flow.interface === "eth0" ? "public" : "vlan" }];
  });
}
