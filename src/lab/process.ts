import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile, rm, rmdir, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessRef {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since the machine started (proc(5)). */
  readonly startTime: string;
}

/** Identity of this run of the machine: everything but files is gone when it changes. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Names a running process; null when there is none (zombies count as ended). */
export function processRef(pid: number): ProcessRef | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTime = fields[19];
    return startTime === undefined || fields[0] === "Z" || fields[0] === "X" ? null : { pid, startTime };
  } catch {
    return null;
  }
}

/** Is it still the same process? */
export function isAlive(ref: ProcessRef | null): boolean {
  return ref !== null && processRef(ref.pid)?.startTime === ref.startTime;
}

/** Sends a signal to exactly this process; nothing happens when it has ended. */
export function signal(ref: ProcessRef, kind: NodeJS.Signals | number): void {
  if (!isAlive(ref)) return;
  try {
    process.kill(ref.pid, kind);
  } catch {
    // It ended between the look and the signal.
  }
}

/** Waits until the process has ended; false when it has not after `timeoutMs`. */
export async function ended(ref: ProcessRef, timeoutMs: number): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (isAlive(ref)) {
    if (Date.now() >= until) return false;
    await wait(50);
  }
  return true;
}

/** First generation of children, from /proc. */
export async function childrenOf(pid: number): Promise<number[]> {
  const path = `/proc/${String(pid)}/task/${String(pid)}/children`;
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

/**
 * Control group roots that a process of ours may be moved to: version 2 wherever it is mounted, and the hierarchy
 * without controllers that systemd uses beside version 1.
 */
function cgroupRoots(): string[] {
  const roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].filter((root) => existsSync(join(root, "cgroup.procs")));
  if (existsSync("/sys/fs/cgroup/systemd/cgroup.procs")) roots.push("/sys/fs/cgroup/systemd");
  return roots;
}

/** Makes a control group of this name in every hierarchy; answers with the `cgroup.procs` files to write to. */
export async function makeCgroup(name: string): Promise<string[]> {
  const files = [];
  for (const root of cgroupRoots()) {
    await mkdir(join(root, name), { recursive: true });
    files.push(join(root, name, "cgroup.procs"));
  }
  return files;
}

/** All processes in a control group and below it. */
async function cgroupProcesses(name: string): Promise<ProcessRef[]> {
  const pids = new Set<number>();
  for (const root of cgroupRoots()) await collect(join(root, name), pids);
  return [...pids].map(processRef).filter((ref) => ref !== null);
}

async function collect(dir: string, pids: Set<number>): Promise<void> {
  const text = await readFile(join(dir, "cgroup.procs"), "utf8").catch(() => "");
  for (const line of text.split("\n").filter(Boolean)) pids.add(Number(line));
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await collect(join(dir, entry.name), pids);
}

/** Ends every process in a control group and removes it with everything below. */
export async function removeCgroup(name: string): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) {
    const left = await cgroupProcesses(name);
    for (const ref of left) signal(ref, "SIGKILL");
    if (left.length === 0) break;
    await Promise.all(left.map((ref) => ended(ref, 1000)));
  }
  for (const root of cgroupRoots()) await removeTree(join(root, name));
}

async function removeTree(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(dir, entry.name));
  await rmdir(dir).catch(() => undefined);
}

/**
 * Runs `task` while holding the lock file. A lock whose owner has ended is taken over.
 * `onWait` is called once when somebody else holds it.
 */
export async function withLock<T>(file: string, onWait: () => void, task: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify(processRef(process.pid));
  for (let told = false; ;) {
    if (await tryLock(file, mine)) break;
    if (!told) onWait();
    told = true;
    await wait(300);
  }
  try {
    return await task();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryLock(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: "wx" });
    return true;
  } catch {
    const owner = await readFile(file, "utf8").catch(() => "");
    if (owner === "" || isAlive(parseRef(owner))) return false;
    await rm(file, { force: true });
    return false;
  }
}

function parseRef(text: string): ProcessRef | null {
  try {
    return JSON.parse(text) as ProcessRef | null;
  } catch {
    return null;
  }
}
