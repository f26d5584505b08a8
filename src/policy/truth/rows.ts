import { pairRoles } from "../../core/cluster.ts";
import type { Finding } from "../finding.ts";
import { addressRow } from "./addresses.ts";
import { nodeRow } from "./nodes.ts";
import { failuresRow, fencingRow, pairRow } from "./pairs.ts";
import { diskRow, writerRow } from "./roles.ts";
import { unknown, type Seen, type TruthRow } from "./seen.ts";

/** What Pacemaker and Corosync say of the pairs. */
export const pairsTruth = (seen: Seen): TruthRow[] => [
  ...pairRoles.map((role) => pairRow(seen, role)),
  fencingRow(seen),
  failuresRow(seen),
];

/** Everything that must agree, row by row. */
export function truth(seen: Seen): TruthRow[] {
  const { cluster, provider } = seen;
  const rows = [
    ...pairRoles.map((role) => addressRow(seen, role)),
    writerRow(seen),
    diskRow(seen),
    ...pairsTruth(seen),
    ...seen.looks.map((look) => nodeRow(cluster, look, provider)),
  ];
  if (provider.known) return rows;
  const finding: Finding = { level: "unknown", says: `Linode cannot be asked (${provider.why})` };
  return rows.map((row) => (row.provider === unknown ? { ...row, findings: [...row.findings, finding] } : row));
}
