import type { Cluster } from "../../core/cluster.ts";
import { valueOf, type Told } from "../../core/fact.ts";
import type { Finding } from "../finding.ts";
import { missing, nothing, unknown, type Look, type ProviderLook, type TruthRow } from "./seen.ts";

/** A node: its machine, its services, and what it does right now. */
export function nodeRow(cluster: Cluster, look: Look, provider: Told<ProviderLook>): TruthRow {
  const { node, units, interfaces, failure } = look;
  const machine = provider.known ? (provider.value.machines[node.linodeId] ?? "gone") : unknown;
  const findings = missing([look], () => (units.known ? interfaces : units));
  // A machine that answers is no news, whatever its provider says of it.
  if (provider.known && machine !== "running" && failure !== null) {
    findings.push({ level: "degraded", says: `${node.name} is ${machine} at Linode`, about: "machine" });
  }
  const down = Object.entries(valueOf(units) ?? {}).filter(([, state]) => state !== "active");
  findings.push(
    ...down.map(([unit, state]): Finding => ({
      level: "degraded",
      says: `${unit} is ${state} on ${node.name}`,
      about: `service ${unit}`,
    })),
  );
  return {
    key: `node ${node.name}`,
    what: node.name,
    provider: machine,
    pacemaker: nothing,
    node: failure ?? stateOf(cluster, look, down),
    wire: nothing,
    findings,
  };
}

function stateOf(cluster: Cluster, look: Look, down: readonly (readonly [unit: string, state: string])[]): string {
  const services = !look.units.known
    ? `services ${unknown}`
    : down.length === 0
      ? "all services active"
      : down.map(([unit, state]) => `${unit} ${state}`).join(", ");
  return ["up", services, ...duties(cluster, look)].join("; ");
}

/** What a node does beyond what all of its role do. */
function duties(cluster: Cluster, { node, interfaces, database, drbd }: Look): string[] {
  const held = valueOf(interfaces)?.addresses ?? [];
  const found = Object.values(cluster.floating)
    .filter(({ address }) => held.some((one) => one.address === address))
    .map(({ address }) => `holds ${address}`);
  const [db, disk] = [valueOf(database), valueOf(drbd)];
  if (node.role === "db" && db !== null && db !== undefined) found.push(db.readOnly ? "read only" : "writer");
  if (node.role === "nfs" && disk !== null && disk !== undefined) found.push(`${disk.role}, ${disk.disk}`);
  return found;
}
