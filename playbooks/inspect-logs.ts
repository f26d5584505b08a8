import { z } from "zod";
import { lastLogs } from "../src/ops/facts/logs.ts";
import { askNode, thorough } from "../src/look/ask.ts";
import { inspection, NodeName, nodeNamed, ofCluster } from "./steps/inspection.ts";

/** A unit of systemd as people type it; nothing a shell or an option could be made of. */
const Unit = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9@_.-]{0,63}$/, "a unit is called like mariadb or nginx.service")
  .describe("name of a systemd unit; without it, all warnings and errors");

/** Shows the last lines of a node's journal, without what looks like a secret. */
export const inspectLogs = inspection({
  name: "inspect logs",
  title: "Read the journal",
  input: ofCluster.extend({ node: NodeName, unit: Unit.optional() }),
  async look({ services, cluster, context }, { node: name, unit }) {
    const node = nodeNamed(cluster, name);
    const { told } = await askNode(services, cluster, node, [lastLogs(unit)], context, thorough);
    const [logs] = told;
    if (!logs.known) return { findings: [{ level: "unknown", says: `${name}: ${logs.why}` }] };
    const of = unit === undefined ? "warnings and errors" : unit;
    return {
      findings: [{ level: "note", says: `${logs.value.length} last lines of ${of} on ${name}` }],
      lines: logs.value,
    };
  },
});
