import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoLab } from "../../src/lab/probe.ts";
import { host } from "./support.ts";

const reason = await whyNoLab();
if (reason !== null) console.log(`lab tests are skipped: ${reason}`);

/** The demo as a person starts it: nine real machines, built by a chat command, one life after another. */
describe.skipIf(reason !== null)("npm run demo", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let demo: ChildProcess | undefined;

  /** Starts the demo and resolves with its lines up to the first that matches. */
  const demoUntil = async (pattern: RegExp): Promise<string[]> => {
    const child = spawn(process.execPath, ["src/main.ts", "demo"], { env, stdio: ["pipe", "pipe", "inherit"] });
    demo = child;
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      console.log(line);
      lines.push(line);
      if (pattern.test(line)) return lines;
    }
    throw new Error(`the demo ended before it said ${pattern}`);
  };
  const nonet = async (...args: string[]): Promise<Record<string, unknown>> => {
    const child = spawn(process.execPath, ["src/main.ts", "run", "--json", "--yes", ...args], { env });
    const output = (await child.stdout.toArray()).join("");
    return JSON.parse(output.trim().split("\n").at(-1) ?? "");
  };
  const lab = (...args: string[]): Promise<string> =>
    host(
      "env",
      ...Object.entries(env).map(([name, value]) => `${name}=${value ?? ""}`),
      process.execPath,
      "src/lab/main.ts",
      ...args,
    );

  beforeAll(async () => {
    folder = await mkdtemp("/var/tmp/demo-");
    const taken = (await host("ip", "route")).includes("198.18.0.0/16");
    env = {
      ...process.env,
      NONET_STATE_DIR: join(folder, "nonet"),
      NONET_LAB_DIR: join(folder, "lab"),
      LAB_NET: taken ? "198.19" : "198.18",
      LAB_API_PORT: "18520",
    };
  });

  afterAll(async () => {
    demo?.kill("SIGKILL");
    await lab("down");
    await rm(folder, { recursive: true });
  });

  it("builds and proves nine machines, carrying on where a kill -9 stopped it", async () => {
    await demoUntil(/✓ Role on lb1 /);
    demo?.kill("SIGKILL");
    const lines = await demoUntil(/Built and proven|^✗/);
    expect(lines.at(-1)).toContain("Built and proven: 9 nodes");
    const machines = JSON.parse(await lab("list", "--json")) as { label: string }[];
    expect(machines.map(({ label }) => label).toSorted()).toEqual(
      ["admin1", "db1", "db2", "lb1", "lb2", "nfs1", "nfs2", "web1", "web2"].map((name) => `demo-${name}`),
    );
  });

  it("changes nothing the second time", async () => {
    expect(await nonet("/cluster build demo")).toMatchObject({
      ok: true,
      changed: 0,
      nodes: 9,
      proof: { truth: true, page: true, nagios: true, flows: true },
    });
  });

  it("says that all is well, and which node is not", async () => {
    expect(await nonet("/cluster status demo")).toMatchObject({ ok: true, verdict: "consistent" });
    await lab("fault", "web1", "poweroff");
    const status = await nonet("/cluster status demo");
    expect(status).toMatchObject({ ok: false });
    expect(status["verdict"]).toContain("web1 cannot be reached");
  });

  it("takes everything down when the person leaves", async () => {
    demo?.stdin?.end("exit\n");
    const [code] = (await once(demo as ChildProcess, "exit")) as [number];
    expect(code).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});
