import { valueOf } from "../../core/fact.ts";
import { allOf } from "../../core/words.ts";
import { replicates } from "../../ops/facts/database.ts";
import { kernelCell, missing, nothing, of, placesOf, type Seen, type TruthRow } from "./seen.ts";

/** Who accepts writes, and whether both databases replicate. */
export function writerRow(seen: Seen): TruthRow {
  const looks = of(seen, "db");
  const writers = looks.flatMap(({ node, database }) => (valueOf(database)?.readOnly === false ? [node.name] : []));
  const place = placesOf(looks, "db_writer");
  const findings = missing(looks, ({ database }) => database);
  const whole = findings.length === 0;
  if (writers.length > 1) findings.push({ level: "split", says: `${allOf(writers)} both accept writes`, about: "two" });
  if (writers.length === 0 && whole) {
    findings.push({ level: "degraded", says: "no database accepts writes", about: "none" });
  }
  // Of two writers, one is always that.
  const strays =
    writers.length > 1 ? [] : writers.filter((name) => place.names.length > 0 && !place.names.includes(name));
  for (const name of strays) {
    const says = `${name} accepts writes, but Pacemaker did not make it the writer`;
    findings.push({ level: "split", says, about: "stray" });
  }
  for (const { node, database } of looks) {
    const state = valueOf(database);
    if (state === null) {
      findings.push({
        level: "degraded",
        says: `MariaDB does not answer on ${node.name}`,
        about: `server ${node.name}`,
      });
    }
    if (state !== null && state !== undefined && !replicates(state)) {
      findings.push({
        level: "degraded",
        says: `${node.name} does not replicate`,
        about: `replication ${node.name}`,
      });
    }
  }
  const node = kernelCell(looks, ({ database }) => database, writers);
  return {
    key: "database",
    what: "database writer",
    provider: nothing,
    pacemaker: place.text,
    node,
    wire: nothing,
    findings: [...findings, ...place.findings],
  };
}

/** Who has the replicated disk, and whether both copies are whole. */
export function diskRow(seen: Seen): TruthRow {
  const looks = of(seen, "nfs");
  const primaries = looks.flatMap(({ node, drbd }) => (valueOf(drbd)?.role === "Primary" ? [node.name] : []));
  const place = placesOf(looks, "drbd", "Promoted");
  const findings = missing(looks, ({ drbd }) => drbd);
  const whole = findings.length === 0;
  if (primaries.length > 1)
    findings.push({ level: "split", says: `${allOf(primaries)} are both primary`, about: "two" });
  if (primaries.length === 0 && whole) {
    findings.push({ level: "degraded", says: "no storage node is primary", about: "none" });
  }
  if (place.names.length === 1 && whole && primaries.length === 1 && primaries[0] !== place.names[0]) {
    findings.push({
      level: "degraded",
      says: `Pacemaker has the disk on ${place.names[0]}, but ${primaries[0]} is primary`,
      about: "pacemaker",
    });
  }
  for (const { node, drbd } of looks) {
    const state = valueOf(drbd);
    if (state === undefined || (state?.disk === "UpToDate" && state.peerDisk === "UpToDate")) continue;
    const says = state === null ? "not up" : `${state.disk}/${state.peerDisk}`;
    findings.push({ level: "degraded", says: `the disk of ${node.name} is ${says}`, about: `disk ${node.name}` });
  }
  const node = kernelCell(looks, ({ drbd }) => drbd, primaries);
  return {
    key: "storage",
    what: "storage primary",
    provider: nothing,
    pacemaker: place.text,
    node,
    wire: nothing,
    findings: [...findings, ...place.findings],
  };
}
