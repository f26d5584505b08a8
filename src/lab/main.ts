import { parseArgs } from "node:util";
import {
  announceMaintenance,
  faultApi,
  faultFillDisk,
  faultIsolate,
  faultPowerOff,
  faultSlow,
  heal,
  maintenanceTypes,
} from "./faults.ts";
import { runInside } from "./guest.ts";
import { readLab, type Lab } from "./lab.ts";
import { asTable, findMachine, listMachines } from "./list.ts";
import { uplink } from "./network.ts";
import { isAlive } from "./process.ts";
import { readSettings, type Settings } from "./settings.ts";
import { LabError } from "./shell.ts";
import { teardown } from "./teardown.ts";
import { labForeground, labUp, serveLab, type LabAccess } from "./up.ts";

const usage = `Usage: npm run lab -- COMMAND
  up [--foreground] [--json]    start the lab; the first time builds the machine image
  down                          remove the lab with all its machines
  list [--json]                 the machines
  exec NODE -- COMMAND…         run a command as root inside a machine, past its network
  fault NODE poweroff           cut its power
  fault NODE isolate            pull its network cables
  fault NODE slow [MS] [LOSS]   delay (200 ms) and lose (0 %) its packets, each way
  fault NODE fill-disk          fill its root file system
  fault NODE heal               take all faults of the node back (a machine that is off stays off)
  fault api down|closed|429|heal
  maintenance NODE in 2h [reboot|cold_migration|live_migration]
                                announce maintenance of its host, as Linode does; nothing happens to the node
  maintenance NODE cancel       take it back`;

const say = (line: string): void => console.log(line);

function announce(settings: Settings, json: boolean): (access: LabAccess) => void {
  return ({ lab, apiUrl, tokenFile }) => {
    const { operator, stranger } = uplink(lab.net);
    if (json)
      return say(
        JSON.stringify({ ok: true, id: lab.id, apiUrl, tokenFile, stateDir: settings.stateDir, operator, stranger }),
      );
    return say(`
The lab is up.
  API      ${apiUrl}/v4
  token    in ${tokenFile}
  network  ${lab.net}.0.0/16; you are ${operator}, a stranger on the internet is ${stranger}
Next: npm run demo builds a cluster in it; npm run lab -- list shows its machines; npm run lab -- down removes it.`);
  };
}

async function up(settings: Settings, args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { foreground: { type: "boolean" }, json: { type: "boolean" } } });
  const json = values.json === true;
  const progress = (line: string): void => console.error(line);
  const ready = announce(settings, json);
  if (values.foreground === true) await labForeground(settings, progress, ready);
  else ready(await labUp(settings, progress));
  return 0;
}

async function down(settings: Settings): Promise<number> {
  const removed = await teardown(settings.stateDir);
  say(
    removed
      ? "The lab is gone; only the machine image stays, in the cache."
      : `There is no lab in ${settings.stateDir}.`,
  );
  return 0;
}

async function list(settings: Settings, args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: "boolean" } } });
  await labOf(settings);
  const machines = await listMachines(settings.stateDir);
  say(values.json === true ? JSON.stringify(machines) : asTable(machines));
  return 0;
}

async function exec(settings: Settings, args: string[]): Promise<number> {
  const [name, dashes, ...command] = args;
  if (name === undefined || dashes !== "--" || command.length === 0) throw new LabError(usage);
  await labOf(settings);
  const outcome = await runInside(settings.stateDir, await findMachine(settings.stateDir, name), command);
  process.stdout.write(outcome.stdout);
  process.stderr.write(outcome.stderr);
  return outcome.code;
}

async function fault(settings: Settings, args: string[]): Promise<number> {
  const [name = "", kind = "", ...rest] = args;
  const { stateDir } = settings;
  const lab = await labOf(settings);
  if (name === "api") {
    if (kind !== "down" && kind !== "closed" && kind !== "429" && kind !== "heal") throw new LabError(usage);
    await faultApi(stateDir, kind === "heal" ? null : kind);
    say(kind === "heal" ? "The API is well again." : `The API is now: ${kind}. Take it back: fault api heal`);
    return 0;
  }
  const record = await findMachine(stateDir, name);
  const { label } = record.machine;
  const running = isAlive(record.process);
  if (kind !== "heal" && !running) throw new LabError(`${label} is off; boot it through the API first.`);
  if (kind === "poweroff") {
    await faultPowerOff(stateDir, record);
    say(`${label} has lost its power.`);
  } else if (kind === "isolate") {
    await faultIsolate(stateDir, lab, record);
    say(`${label} is cut off from every network.`);
  } else if (kind === "slow") {
    const slow = { ms: amount(rest[0], 200, 60_000), loss: amount(rest[1], 0, 100) };
    await faultSlow(stateDir, lab, record, slow);
    say(`${label}: ${String(slow.ms)} ms and ${String(slow.loss)} % loss, each way.`);
  } else if (kind === "fill-disk") {
    say(`The root file system of ${label} is full: ${await faultFillDisk(stateDir, record)}`);
  } else if (kind === "heal") {
    await heal(stateDir, lab, record, running);
    say(`${label} has no faults any more${running ? "" : "; it is off, boot it through the API"}.`);
  } else throw new LabError(usage);
  return 0;
}

async function maintenance(settings: Settings, args: string[]): Promise<number> {
  const [name = "", when = "", ...rest] = args;
  await labOf(settings);
  const { machine } = await findMachine(settings.stateDir, name);
  const { label } = machine;
  if (when === "cancel") {
    await announceMaintenance(settings.stateDir, machine, null);
    say(`No maintenance of ${label} is announced any more.`);
    return 0;
  }
  const [, count, unit = ""] = /^(\d{1,4})([smhd])$/.exec(rest[0] ?? "") ?? [];
  const type = maintenanceTypes.find((one) => one === (rest[1] ?? "reboot"));
  if (when !== "in" || count === undefined || type === undefined) throw new LabError(usage);
  const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  const at = Date.now() + Number(count) * (seconds[unit] ?? 0) * 1000;
  await announceMaintenance(settings.stateDir, machine, { type, at });
  say(`${label}: ${type} announced for ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC.`);
  return 0;
}

function amount(text: string | undefined, standard: number, most: number): number {
  const value = text === undefined ? standard : Number(text.replace(/(ms|%)$/, ""));
  if (value >= 0 && value <= most) return value;
  throw new LabError(`"${text ?? ""}" must be a number from 0 to ${String(most)}.`);
}

async function labOf(settings: Settings): Promise<Lab> {
  const lab = await readLab(settings.stateDir);
  if (lab === null) throw new LabError(`There is no lab in ${settings.stateDir}. Start one: npm run lab -- up`);
  return lab;
}

async function main([command, ...args]: string[]): Promise<number> {
  const settings = readSettings(process.env);
  if (command === "up") return up(settings, args);
  if (command === "down") return down(settings);
  if (command === "list") return list(settings, args);
  if (command === "exec") return exec(settings, args);
  if (command === "fault") return fault(settings, args);
  if (command === "maintenance") return maintenance(settings, args);
  if (command === "serve") {
    await serveLab(settings);
    return 0;
  }
  console.error(usage);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof LabError ? error.message : error);
  process.exitCode = 1;
}
