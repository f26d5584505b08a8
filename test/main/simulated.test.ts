import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { atConsole } from "../../src/core/caller.ts";
import { clusterTag } from "../../src/core/cluster.ts";
import type { Desk } from "../../src/core/desk.ts";
import type { Result } from "../../src/core/playbook.ts";
import { openBot, owner, type Bot } from "../../src/main/bot.ts";
import { openWorld, type World, configIn } from "../../src/main/demo-world.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";

let world: World;
let bot: Bot;
let stateDir: string;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "nonet-test-"));
  world = await openWorld(true, () => undefined);
  const config = {
    ...(await readConfig({ NONET_CONFIG: "/nonexistent" }, commands)),
    stateDir,
    ...configIn(world),
  };
  bot = await openBot(await liveConfig(() => Promise.resolve(config)), simulatedReach);
});

afterAll(async () => {
  await bot.close();
  await world.remove();
  await rm(stateDir, { recursive: true, force: true });
});

/** Types a command and approves whatever it asks. */
function type(desk: Desk, text: string, word?: string): Promise<Result> {
  return new Promise((resolve, reject) => {
    desk.submit(text, atConsole(owner)).then((receipt) => {
      if (receipt.kind === "answer") return resolve(receipt.result);
      let answered = false;
      desk.follow(receipt.runId, ({ card, result }) => {
        if (result !== null) resolve(result);
        if (card.question === null || answered) return;
        answered = true;
        desk.decide(receipt.runId, atConsole(owner), word ?? card.question.approveWith).catch(reject);
      });
    }, reject);
  });
}

it("refuses bad input before anything is touched", async () => {
  await expect(bot.desk.submit("/cluster build prod", atConsole(owner))).resolves.toMatchObject({ kind: "run" });
  await expect(type(bot.desk, "/cluster build prod")).resolves.toMatchObject({ ok: false });
  await expect(bot.desk.submit("/cluster build Prod!", atConsole(owner))).rejects.toThrow("a cluster name is");
  await expect(bot.desk.submit("/cluster build demo", atConsole("mallory"))).rejects.toThrow("mallory is none of them");
});

it("plans nine machines with their price", async () => {
  const plan = await type(bot.desk, "/cluster plan demo");
  expect(plan.table?.rows.filter(([, what]) => what === "machine")).toHaveLength(9);
  expect(plan.verdict).toMatch(/\$\d+\.\d\d a month/);
});

it("changes nothing when the plan is refused", async () => {
  const refused = await type(bot.desk, "/cluster build demo", "no");
  expect(refused).toMatchObject({ ok: false, verdict: "Refused; nothing was changed." });
  expect((await type(bot.desk, "/cluster plan demo")).data).toMatchObject({ creates: 9 });
});

it("plans to set up also the machines that an earlier build left unfinished", async () => {
  const call = async (method: string, path: string, body?: object): Promise<{ id: number }> => {
    const headers = { Authorization: `Bearer ${world.token.reveal()}`, "Content-Type": "application/json" };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${world.apiUrl}/v4/linode/instances${path}`, init);
    expect(response.status).toBe(200);
    return response.json() as Promise<{ id: number }>;
  };
  const left = { label: "demo-web1", region: "us-ord", type: "g6-nanode-1", tags: [clusterTag("demo")], booted: false };
  const { id } = await call("POST", "", left);
  const plan = await type(bot.desk, "/cluster plan demo");
  expect(plan.data).toMatchObject({ creates: 8, changes: 1 });
  expect(plan.verdict).toContain("1 thing would change on 1 node");
  await call("DELETE", `/${id}`);
});

it("builds and proves the cluster, and changes nothing the second time", { timeout: 120_000 }, async () => {
  const first = await type(bot.desk, "/cluster build demo");
  expect(first).toMatchObject({
    ok: true,
    data: { nodes: 9, proof: { truth: true, page: true, nagios: true, flows: true } },
  });
  const second = await type(bot.desk, "/cluster build demo");
  expect(second).toMatchObject({ ok: true, data: { changed: 0, nodes: 9 } });
  expect((await type(bot.desk, "/cluster plan demo")).verdict).toContain("A build takes about 1 minute.");
});

it("says what is true, and exports a blueprint without secrets", async () => {
  const status = await type(bot.desk, "/cluster status demo");
  expect(status).toMatchObject({ ok: true, verdict: "consistent" });
  expect(status.table?.rows).toHaveLength(10 + 9);
  const { text } = await type(bot.desk, "/cluster export demo");
  expect(text).toContain("name: demo");
  expect(text).not.toMatch(/password|key|secret/i);
});

it("watches what was built, and finds nothing wrong", async () => {
  await bot.listen();
  await expect
    .poll(() => type(bot.desk, "/watch status demo"), { timeout: 30_000 })
    .toMatchObject({ ok: true, verdict: "1 cluster watched; nothing is wrong." });
});

it.each(["all", "iptables", "replication", "drbd", "pacemaker", "nagios"])("inspects %s", async (what) => {
  expect(await type(bot.desk, `/inspect ${what} demo`)).toMatchObject({ ok: true, verdict: "consistent" });
});

it("inspects one machine with its disks, updates, certificates and clock", async () => {
  const storage = await type(bot.desk, "/inspect node demo nfs1");
  expect(storage).toMatchObject({ ok: true, verdict: "consistent" });
  for (const part of [
    "/srv/nfs: 10 % of space",
    "clock as ours, follows",
    "updates: 0 of security",
    "certificate quorum: until",
  ])
    expect(storage.text).toContain(part);
  expect((await type(bot.desk, "/inspect node demo lb1")).text).toContain("certificate site: until");
  expect((await type(bot.desk, "/inspect node demo web1")).text).not.toContain("certificate");
});

it("tells what Pacemaker would do, and finds nothing to repair", async () => {
  const failover = await type(bot.desk, "/inspect failover demo db");
  expect(failover).toMatchObject({ ok: true, text: expect.stringContaining("if db1 died, db2 would serve db") });
  const repaired = await type(bot.desk, "/repair firewall demo");
  expect(repaired).toMatchObject({ ok: true, verdict: "The declared rules are back on no node: none differed." });
  expect(repaired.text).toBe("Rules: consistent, as before.\nReplication: consistent, as before.");
});

it("destroys only after the name was typed, and leaves nothing", async () => {
  expect(await type(bot.desk, "/cluster destroy demo", "yes")).toMatchObject({ ok: false });
  const gone = await type(bot.desk, "/cluster destroy demo");
  expect(gone.verdict).toContain("nothing of it is left");
  expect((await type(bot.desk, "/cluster plan demo")).data).toMatchObject({ creates: 9 });
});
