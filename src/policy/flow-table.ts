import { markdownTable } from "../core/table.ts";
import { matrix, portWords, type Flow } from "./flows.ts";

const nics = { eth0: "public (eth0)", eth1: "VLAN (eth1)" } as const;

/** The page of the documentation about the flow matrix, as Markdown. */
export function flowTable(flows: readonly Flow[] = matrix): string {
  const groups = Map.groupBy(flows, (flow) =>
    JSON.stringify([flow.from, flow.protocol, flow.ports, flow.interface, flow.reason]),
  );
  const rows = [...groups.values()].flatMap((group) => {
    const [flow] = group;
    if (flow === undefined) return [];
    const to = group.map((one) => one.to).join(", ");
    const what = flow.protocol === "icmp" ? "ICMP echo" : `${flow.protocol.toUpperCase()} ${portWords(flow)}`;
    return [[flow.from, to, what, nics[flow.interface], flow.reason]];
  });
  return `# Flows

Everything that may be reached on a node; all else is dropped. \`peer\` is the other node of the same pair, \`operators\`
are the networks named in the blueprint. Answers to a connection that stands are let in, each node may begin any
connection itself, and ICMP errors and IPv6 neighbour discovery are always let in. On the VLAN, a database refuses
port 3306 at once instead of dropping.

This page is written from \`src/policy/flows.ts\`.

${markdownTable([["from", "to", "what", "interface", "reason"], ...rows])}
`;
}
