import { readMachines, type MachineRecord } from "./lab.ts";
import { isAlive } from "./process.ts";
import { LabError } from "./shell.ts";

/** One machine as `lab list` shows it. */
export interface Listed {
  readonly id: number;
  readonly label: string;
  readonly kind: MachineRecord["kind"];
  readonly state: "running" | "off";
  readonly region: string;
  readonly addresses: readonly string[];
  readonly tags: readonly string[];
}

/** All machines of the lab in this state folder. */
export async function listMachines(stateDir: string): Promise<Listed[]> {
  return (await readMachines(stateDir)).map(({ machine, kind, process }) => ({
    id: machine.id,
    label: machine.label,
    kind,
    state: isAlive(process) ? "running" : "off",
    region: machine.region,
    addresses: machine.interfaces.flatMap((card) =>
      card.purpose === "public" ? [...card.ipv4, card.ipv6] : card.ipamAddress === null ? [] : [card.ipamAddress],
    ),
    tags: machine.tags,
  }));
}

/** The machines as a table, one line each. */
export function asTable(machines: readonly Listed[]): string {
  const rows = [
    ["NODE", "KIND", "STATE", "REGION", "ADDRESSES", "TAGS"],
    ...machines.map((one) => [one.label, one.kind, one.state, one.region, one.addresses.join(" "), one.tags.join(" ")]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * The machine that a person means: by its label, by the node name in its tags (`ha:node=web1`), or by its id.
 * Throws `LabError` with the known names.
 */
export async function findMachine(stateDir: string, name: string): Promise<MachineRecord> {
  const records = await readMachines(stateDir);
  const matches = (test: (record: MachineRecord) => boolean): MachineRecord[] => records.filter(test);
  const [exact] = matches(({ machine }) => machine.label === name || String(machine.id) === name);
  if (exact !== undefined) return exact;
  const tagged = matches(({ machine }) => machine.tags.includes(`ha:node=${name}`));
  const [found] = tagged;
  if (found !== undefined && tagged.length === 1) return found;
  const labels = (tagged.length > 1 ? tagged : records).map(({ machine }) => machine.label).join(", ");
  if (tagged.length > 1) throw new LabError(`There are several nodes "${name}"; say which: ${labels}.`);
  throw new LabError(
    `There is no node "${name}" in the lab. ${labels === "" ? "It has none yet." : `Known: ${labels}.`}`,
  );
}
