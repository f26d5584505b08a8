import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Report } from "../../src/telemetry/health.ts";
import { openLog } from "../../src/telemetry/log.ts";
import { serviceManager } from "../../src/telemetry/systemd.ts";

const missing = (program: string) =>
  spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined ? null : `${program} is not installed`;
const skipped = (reason: string | null) => (reason === null ? "" : ` (skipped: ${reason})`);
const noAnalyze = missing("systemd-analyze");
const noNotify = missing("systemd-notify") ?? missing("perl");

/** Prints each datagram; what was sent along with one is dropped, as systemd does once it has read the message. */
const receive = `socket(S, AF_UNIX, SOCK_DGRAM, 0) and bind(S, sockaddr_un($ARGV[0])) or die $!;
  $| = 1; while (defined recv(S, $m, 4096, 0)) { print "$m\\n" }`;

const repository = resolve(import.meta.dirname, "../..");
const unit = join(repository, "deploy/nonet.service");

describe.skipIf(noAnalyze !== null)(`the unit file${skipped(noAnalyze)}`, () => {
  test("is correct, and all that it names exists", () => {
    const installed = join(mkdtempSync(join(tmpdir(), "nonet-unit-")), "nonet.service");
    writeFileSync(installed, readFileSync(unit, "utf8").replaceAll("/opt/nonet", repository));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", installed], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("leaves little that could be attacked", () => {
    // In tenths; anything above 2 of 10 is a failure.
    const options = ["security", "--offline=true", "--no-pager", "--threshold=20", unit];
    expect(execFileSync("systemd-analyze", options, { encoding: "utf8" })).toMatch(/exposure level .* [01]\.\d OK/);
  });
});

describe.skipIf(noNotify !== null)(`systemd's socket${skipped(noNotify)}`, () => {
  const processes: ChildProcess[] = [];
  afterEach(() => processes.splice(0).forEach((one) => one.kill()));

  /** Stands where systemd does; `heard` is all that it was told. */
  async function manager(watchdogMs: number) {
    const dir = mkdtempSync(join(tmpdir(), "nonet-notify-"));
    const socket = join(dir, "notify");
    const heard: string[] = [];
    const receiver = spawn("perl", ["-MSocket", "-e", receive, socket], { stdio: ["ignore", "pipe", "inherit"] });
    processes.push(receiver);
    receiver.stdout.on("data", (data: Buffer) => heard.push(String(data)));
    await once(receiver, "spawn");
    await vi.waitFor(() => expect(existsSync(socket)).toBe(true));
    const logged = join(dir, "log");
    const log = openLog({ level: "info", destination: logged, scrub: (text) => text });
    const env = { PATH: process.env["PATH"], NOTIFY_SOCKET: socket, WATCHDOG_USEC: String(watchdogMs * 1000) };
    const count = (message: string) => heard.join("\n").split(message).length - 1;
    return { systemd: serviceManager(env, log), count, logged };
  }

  const well: Report = { ok: true, parts: { store: { ok: true } } };
  const unwell: Report = { ok: false, parts: { store: { ok: false, problem: "The disk is full." } } };

  test("hears that all is open, that we live as long as all parts are well, and that the end has begun", async () => {
    const { systemd, count, logged } = await manager(60);
    let report = well;
    await systemd.ready(() => Promise.resolve(report));
    await vi.waitFor(() => expect(count("READY=1")).toBe(1));
    await vi.waitFor(() => expect(count("WATCHDOG=1")).toBeGreaterThan(2), { timeout: 10_000 });
    report = unwell;
    await vi.waitFor(() => expect(readFileSync(logged, "utf8")).toContain("The disk is full."));
    const before = count("WATCHDOG=1");
    const looks = () => readFileSync(logged, "utf8").split("not well").length;
    const seen = looks();
    await vi.waitFor(() => expect(looks()).toBeGreaterThan(seen + 3));
    expect(count("WATCHDOG=1")).toBe(before);
    report = well;
    await vi.waitFor(() => expect(count("WATCHDOG=1")).toBeGreaterThan(before), { timeout: 10_000 });
    await systemd.stopping();
    await vi.waitFor(() => expect(count("STOPPING=1")).toBe(1));
  });
});

test("nobody is told anything where systemd did not start the process", async () => {
  const log = openLog({ level: "info", destination: "/dev/null", scrub: (text) => text });
  const error = vi.spyOn(log, "error");
  const systemd = serviceManager({ PATH: "/nonexistent" }, log);
  await systemd.ready(() => Promise.reject(new Error("nobody looks")));
  await systemd.stopping();
  expect(error).not.toHaveBeenCalled();
});
