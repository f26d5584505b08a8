import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLab } from "../../src/lab/lab.ts";
import { whyNoLab } from "../../src/lab/probe.ts";
import { ended, signal } from "../../src/lab/process.ts";
import { host } from "./support.ts";

const reason = await whyNoLab();
if (reason !== null) console.log(`lab tests are skipped: ${reason}`);

describe.skipIf(reason !== null)("npm run lab", () => {
  let folder: string;
  let state: string;
  let net: string;

  const lab = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, NONET_LAB_DIR: state, LAB_NET: net, LAB_API_PORT: "18519" };
      execFile(process.execPath, ["src/lab/main.ts", ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });

  beforeAll(async () => {
    net = (await host("ip", "route")).includes("198.18.0.0/16") ? "198.19" : "198.18";
    folder = await mkdtemp("/var/tmp/lab-");
    state = join(folder, "state");
  });

  afterAll(async () => {
    await lab("down");
    await rm(folder, { recursive: true });
  });

  it("starts a lab whose API answers to its token alone", async () => {
    const up = await lab("up", "--json");
    expect(up.code, up.stderr).toBe(0);
    const { apiUrl, tokenFile } = JSON.parse(up.stdout) as { apiUrl: string; tokenFile: string };
    const ask = async (token: string): Promise<number> =>
      (await fetch(`${apiUrl}/v4/linode/instances`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await ask(await readFile(tokenFile, "utf8"))).toBe(200);
    expect(await ask("wrong")).toBe(401);
    expect((await lab("fault", "api", "down")).code).toBe(0);
    expect(await ask(await readFile(tokenFile, "utf8"))).toBe(503);
    expect((await lab("fault", "api", "heal")).code).toBe(0);
    expect(await ask(await readFile(tokenFile, "utf8"))).toBe(200);
  });

  it("says that one is running when it is started again", async () => {
    const again = await lab("up");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("already running");
  });

  it("names what is known when a node is not", async () => {
    const unknown = await lab("exec", "db7", "--", "true");
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.stderr).toContain('There is no node "db7" in the lab.');
  });

  it("replaces a lab that was killed, and leaves nothing when it is taken down after another kill", async () => {
    const kill = async (): Promise<string> => {
      const running = await readLab(state);
      if (running?.daemon == null) throw new Error("no lab is running");
      signal(running.daemon, "SIGKILL");
      await ended(running.daemon, 10_000);
      return running.id;
    };
    const first = await kill();
    const up = await lab("up");
    expect(up.stderr).toContain("ended without being taken down");
    const second = await kill();
    expect((await lab("down")).code).toBe(0);
    const traces = [
      await host("ip", "netns", "list"),
      await host("ip", "link"),
      await host("ps", "-eo", "args"),
    ].join();
    for (const id of [first, second]) expect(traces).not.toContain(`nl${id}`);
    expect(await readdir(folder)).toEqual([]);
    expect((await lab("list")).stderr).toContain("There is no lab");
  });
});
