import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startLab } from "./daemon.ts";
import { ensureImage, type Progress } from "./images.ts";
import { paths, readLab, type Lab } from "./lab.ts";
import { ensureHostPackages, probeAbilities, whyNoLab } from "./probe.ts";
import { ended, isAlive, processRef, withLock } from "./process.ts";
import type { Settings } from "./settings.ts";
import { lastLines, LabError } from "./shell.ts";
import { teardown } from "./teardown.ts";

/** What a client of a lab needs. */
export interface LabAccess {
  readonly lab: Lab;
  readonly apiUrl: string;
  readonly tokenFile: string;
}

/**
 * Starts a lab in the background: installs what this machine lacks, builds the image if there is none, starts the API.
 * What a killed lab left in the state folder is removed first. Throws `LabError` when a lab runs there already, or
 * when this machine cannot run one.
 */
export async function labUp(settings: Settings, progress: Progress): Promise<LabAccess> {
  return prepared(settings, progress, () => startBackground(settings));
}

/** Like `labUp`, but serves in this process until it gets SIGINT or SIGTERM, then takes the lab down. */
export async function labForeground(
  settings: Settings,
  progress: Progress,
  ready: (access: LabAccess) => void,
): Promise<void> {
  const running = await prepared(settings, progress, async () => {
    const image = await ensureImage(settings, progress);
    return startLab(settings, image, await probeAbilities(settings, image, progress));
  });
  ready(access(settings, running.lab));
  await untilSignal();
  await running.close();
  await teardown(settings.stateDir, { keepDaemon: true });
}

/** The body of the background process: everything was prepared by the one that started it. */
export async function serveLab(settings: Settings): Promise<void> {
  const image = await ensureImage(settings, () => undefined);
  const running = await startLab(settings, image, await probeAbilities(settings, image, () => undefined));
  await untilSignal();
  await running.close();
}

async function prepared<T>(settings: Settings, progress: Progress, start: () => Promise<T>): Promise<T> {
  const reason = await whyNoLab();
  if (reason !== null) throw new LabError(reason);
  await mkdir(dirname(settings.stateDir), { recursive: true });
  const waiting = (): void => progress("Another command is starting a lab in the same folder; waiting for it.");
  return withLock(`${settings.stateDir}.lock`, waiting, async () => {
    await makeRoom(settings, progress);
    await ensureHostPackages(progress);
    const image = await ensureImage(settings, progress);
    await probeAbilities(settings, image, progress);
    try {
      return await start();
    } catch (error) {
      await teardown(settings.stateDir, { keepDaemon: true });
      throw error;
    }
  });
}

async function makeRoom(settings: Settings, progress: Progress): Promise<void> {
  const lab = await readLab(settings.stateDir);
  if (lab === null) return;
  if (isAlive(lab.daemon)) {
    throw new LabError(
      `A lab is already running at ${lab.apiUrl ?? "(starting)"} (state in ${settings.stateDir}). Use it, or take it ` +
        "down first: npm run lab -- down",
    );
  }
  progress(`Removing what an earlier lab left in ${settings.stateDir}; it ended without being taken down.`);
  await teardown(settings.stateDir);
}

async function startBackground(settings: Settings): Promise<LabAccess> {
  await mkdir(settings.stateDir, { recursive: true, mode: 0o700 });
  const log = paths.log(settings.stateDir);
  const output = await open(log, "a");
  const main = new URL("main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [main, "serve"], { detached: true, stdio: ["ignore", output.fd, output.fd] });
  await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  child.unref();
  await output.close();
  const daemon = child.pid === undefined ? null : processRef(child.pid);
  while (daemon !== null && !(await ended(daemon, 0))) {
    const lab = await readLab(settings.stateDir);
    if (lab !== null && lab.apiUrl !== null) return access(settings, lab);
    await wait(100);
  }
  throw new LabError(`The lab did not start. Its last words were:\n${lastLines(await readFile(log, "utf8"))}`);
}

function access(settings: Settings, lab: Lab): LabAccess {
  return { lab, apiUrl: lab.apiUrl ?? "", tokenFile: paths.token(settings.stateDir) };
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}
