import { afterAll, beforeAll, expect, it } from "vitest";
import { submit } from "../../src/chat/console/client.ts";
import { clusterTag } from "../../src/core/cluster.ts";
import type { Config } from "../../src/config.ts";
import { OpsError } from "../../src/core/errors.ts";
import { openBot, owner, socketPath, type Bot } from "../../src/main/bot.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { benchConfig, openBench, type, type Bench } from "./bench.ts";

let bench: Bench;
let bot: Bot;
let config: Config;
let stopped: string | undefined;
/** How often web1 will yet say nothing, each time for another reason. */
let silent = 0;

beforeAll(async () => {
  bench = await openBench();
  config = await benchConfig(bench);
  bot = await openBot(await liveConfig(() => Promise.resolve(config)), async (...parts) => {
    const reach = await simulatedReach(...parts);
    return {
      ...reach,
      // What somebody broke behind the bot's back is as if it was never there.
      fleet: (cluster, node) => {
        const target = reach.fleet(cluster, node);
        return {
          ...target,
          check: async (items, patience) => {
            if (node.name === "web1" && silent > 0) {
              silent -= 1;
              const code = silent % 2 === 0 ? "unreachable" : "deadline";
              throw new OpsError({ code, message: `Port ${322 + silent} does not answer.` });
            }
            const found = await target.check(items, patience);
            return found.map((have, at) => (items[at]?.key === stopped && node.name === "db1" ? undefined : have));
          },
          apply: async (...applied) => {
            if (node.name === "db1") stopped = undefined;
            await target.apply(...applied);
          },
        };
      },
    };
  });
});

afterAll(async () => {
  await bot.close();
  await bench.close();
});

/** Rows of `/cluster plan`: node, what, have, want. */
const rows = async () => (await type(bench.stateDir, "/cluster plan demo")).table?.rows ?? [];

async function deleteMachine(label: string): Promise<void> {
  const headers = { Authorization: `Bearer ${bench.token}` };
  const url = `${bench.apiUrl}/v4/linode/instances`;
  const listed = (await (await fetch(url, { headers })).json()) as {
    data: { id: number; label: string; tags: string[] }[];
  };
  const found = listed.data.find((one) => one.label === label);
  expect(found?.tags).toContain(clusterTag("demo"));
  expect((await fetch(`${url}/${found?.id}`, { method: "DELETE", headers })).status).toBe(200);
}

/** Builds, says yes to everything, and returns every plan that somebody was asked about. */
async function build() {
  const asked = new Set<string>();
  const { result } = await submit(socketPath(bench.stateDir), "/cluster build demo", owner, {
    card: ({ question }) => question !== null && asked.add(question.id),
    ask: ({ question }) => Promise.resolve(question?.approveWith ?? null),
  });
  return { result, asked: asked.size };
}

it("plans what changes on the other nodes when a machine is missing", { timeout: 120_000 }, async () => {
  expect((await build()).result).toMatchObject({ ok: true });
  expect(await rows()).toEqual([]);
  await deleteMachine("demo-web2");
  stopped = "mariadb.service";
  const planned = await rows();
  expect(planned.map(([node, what]) => `${node} ${what}`).filter((row) => row.startsWith("web2"))).toEqual([
    "web2 machine",
  ]);
  expect(planned.map(([node]) => node)).toEqual(expect.arrayContaining(["web2", "db1", "admin1"]));
  const [, , have, want] = planned.find(([node, what]) => node === "admin1" && what?.includes("nonet.cfg")) ?? [];
  expect(have).toMatch(/host_name web2\n {2}alias demo-web2\n {2}address \d/);
  expect(want).toContain("host_name web2\n  alias demo-web2\n  address (address of web2)\n");
  expect(planned.flat().join("\n")).not.toMatch(/240\.0\.|100::/);
  expect(await rows()).toEqual(planned);
});

it("asks once for it, since the plan is the same right before the first change", { timeout: 120_000 }, async () => {
  expect(await build()).toMatchObject({ asked: 1, result: { ok: true, data: { nodes: 9 } } });
  expect(await rows()).toEqual([]);
});

it("asks once about a machine that is off, whatever a try to reach it ended with", { timeout: 120_000 }, async () => {
  silent = 2;
  expect(await build()).toMatchObject({ asked: 1, result: { ok: true } });
  expect(silent).toBe(0);
});

it("plans the same way for a machine that the blueprint did not have before", { timeout: 120_000 }, async () => {
  const [demo] = config.clusters;
  if (demo === undefined) throw new Error("the bench has a cluster");
  const web = { ...demo.nodes.web, count: 3 };
  config = { ...config, clusters: [{ ...demo, nodes: { ...demo.nodes, web } }] };
  await bot.reload();
  const planned = await rows();
  const balancer = planned.find(([node, what]) => node === "lb1" && what?.includes("nginx.conf"));
  expect(balancer?.[3]).toContain("server 10.10.0.43:80");
  expect(balancer?.[2]).not.toContain("server 10.10.0.43:80");
  const admin = planned.find(([node, what]) => node === "admin1" && what?.includes("/etc/hosts"));
  expect(admin?.[3]).toContain("(address of web3) web3");
  expect(await build()).toMatchObject({ asked: 1, result: { ok: true, data: { nodes: 10 } } });
  expect(await rows()).toEqual([]);
});
