import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NodeSpec } from "../../src/core/cloud.ts";
import { at, deployBody, idOf, startBench, until } from "../lab-api/harness.ts";
import type { Bench } from "../lab-api/harness.ts";
import { cloudOn, dbSpec, failure, testContext, webSpec } from "./cloud.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  await bench.close();
});

async function account(): Promise<{ linodes: number; disks: string[]; configs: number }> {
  const linodes = at((await bench.raw("GET", "/v4/linode/instances")).body, "data");
  if (!Array.isArray(linodes)) throw new Error("no list");
  const id = String(at(linodes[0], "id"));
  const disks = at((await bench.raw("GET", `/v4/linode/instances/${id}/disks`)).body, "data");
  const configs = await bench.raw("GET", `/v4/linode/instances/${id}/configs`);
  if (!Array.isArray(disks)) throw new Error("no disks");
  return {
    linodes: linodes.length,
    disks: disks.map((disk) => String(at(disk, "label"))),
    configs: Number(at(configs.body, "results")),
  };
}

describe("ensureNode", () => {
  test("deploys an image, then finds what it made", async () => {
    const context = testContext();
    const cloud = cloudOn(bench);
    const first = await cloud.ensureNode(webSpec, context);
    expect(first).toMatchObject({ created: true, status: "running", label: "demo-web1", type: "g6-standard-1" });
    expect(first.ipv6).toMatch(/^fd98:18::/);
    const again = await cloud.ensureNode(webSpec, context);
    expect(again).toEqual({ ...first, created: false, booted: false });
    expect(bench.exchanges.filter((exchange) => exchange.method === "POST")).toHaveLength(2);
    const machine = bench.hypervisor.machines.get(first.id);
    expect(machine).toMatchObject({
      userData: webSpec.userData,
      interfaces: [
        { purpose: "public", ipv4: first.ipv4 },
        { purpose: "vlan", ipamAddress: "10.10.0.21/24" },
      ],
    });
  });

  test("tells how far the jobs are", async () => {
    const slow = await startBench({ stageMs: 40 });
    const context = testContext();
    await cloudOn(slow).ensureNode(webSpec, context);
    await slow.close();
    expect(context.said).toEqual(expect.arrayContaining(["deploying 33 %", "booting 0 %"]));
    expect(new Set(context.said).size).toBe(context.said.length);
  });

  test("keeps Network Helper off, whatever the account's setting is", async () => {
    const { id } = await cloudOn(bench).ensureNode(webSpec, testContext());
    const configs = await bench.raw("GET", `/v4/linode/instances/${String(id)}/configs`);
    expect(at(configs.body, "data.0.helpers.network")).toBe(false);
    expect(at(configs.body, "data.0.interfaces.1.label")).toBe("demo");
  });

  test("gives a node with a data disk its three disks and its own kernel", async () => {
    const { id } = await cloudOn(bench).ensureNode(dbSpec, testContext());
    expect(bench.hypervisor.machines.get(id)?.disks).toMatchObject([
      { slot: "sda", content: "image", sizeMb: 51_200 - 512 - 10_240 },
      { slot: "sdb", content: "swap", sizeMb: 512 },
      { slot: "sdc", content: "raw", sizeMb: 10_240 },
    ]);
    const configs = await bench.raw("GET", `/v4/linode/instances/${String(id)}/configs`);
    expect(at(configs.body, "data.0.kernel")).toBe("linode/grub2");
  });

  test("creates one Linode when the answer is lost", async () => {
    let lost = 0;
    bench.trouble = (method, path) =>
      method === "POST" && path.endsWith("/instances") && lost++ === 0 ? "lose-answer" : null;
    const node = await cloudOn(bench).ensureNode(webSpec, testContext());
    expect(node).toMatchObject({ created: true, status: "running" });
    expect(lost).toBe(1);
    expect((await account()).linodes).toBe(1);
  });

  test("creates no second one when any answer to a change is lost", async () => {
    const lost = new Set<string>();
    bench.trouble = (method, path) => {
      const key = `${method} ${path} ${String(bench.exchanges.filter((e) => e.method === "POST" && e.path === path).length)}`;
      if (method === "GET" || lost.has(key) || lost.size > 8) return null;
      lost.add(key);
      return "lose-answer";
    };
    const node = await cloudOn(bench).ensureNode(dbSpec, testContext());
    expect(node.status).toBe("running");
    expect(lost.size).toBeGreaterThan(4);
    expect(await account()).toEqual({ linodes: 1, disks: ["root", "swap", "data"], configs: 1 });
  });

  test.each<[string, NodeSpec, number]>([
    ["image", webSpec, 3],
    ["data disk", dbSpec, 6],
  ])("carries on after an interruption at each change (%s)", async (_name, spec, changes) => {
    for (let stop = 1; stop <= changes; stop += 1) {
      const fresh = await startBench();
      const interrupted = testContext();
      let seen = 0;
      fresh.after = ({ method }) => {
        if (method !== "GET") seen += 1;
        if (seen === stop) interrupted.controller.abort(new Error("killed"));
      };
      const cloud = cloudOn(fresh);
      await expect(cloud.ensureNode(spec, interrupted)).rejects.toThrow("killed");
      fresh.after = () => undefined;
      const node = await cloud.ensureNode(spec, testContext());
      expect(node).toMatchObject({ created: false, status: "running" });
      expect(fresh.hypervisor.machines.get(node.id)?.disks).toHaveLength(spec.dataDiskMb === null ? 2 : 3);
      expect(at((await fresh.raw("GET", "/v4/linode/instances")).body, "results")).toBe(1);
      await fresh.close();
    }
  });

  test("boots one that was found off", async () => {
    const created = await bench.raw(
      "POST",
      "/v4/linode/instances",
      deployBody("demo-web1", { booted: false, tags: ["nonet:demo"] }),
    );
    await until(
      () => bench.raw("GET", `/v4/linode/instances/${String(idOf(created))}`),
      (answer) => at(answer.body, "status") === "offline",
    );
    const node = await cloudOn(bench).ensureNode({ ...webSpec, type: "g6-nanode-1" }, testContext());
    expect(node).toMatchObject({ id: idOf(created), created: false, status: "running" });
  });

  test("refuses a label that belongs to somebody else", async () => {
    await bench.raw("POST", "/v4/linode/instances", deployBody("demo-web1", { tags: ["other"] }));
    const error = await failure(cloudOn(bench).ensureNode(webSpec, testContext()));
    expect(error).toMatchObject({ code: "cloud_foreign_node", state: "Nothing was changed." });
    expect(error.message).toContain("does not carry the tag nonet:demo");
    expect(bench.exchanges.every((exchange) => exchange.method === "GET")).toBe(true);
  });

  test("refuses to take a machine of another type", async () => {
    await cloudOn(bench).ensureNode(webSpec, testContext());
    const error = await failure(cloudOn(bench).ensureNode({ ...webSpec, type: "g6-standard-2" }, testContext()));
    expect(error.code).toBe("cloud_different_node");
  });

  test.each([
    ["cloud_unknown_region", { region: "mars-1" }],
    ["cloud_unknown_type", { type: "g6-huge-99" }],
    ["cloud_unknown_image", { image: "linode/plan9" }],
    ["cloud_unknown_placement_group", { placementGroup: "nobody" }],
    ["cloud_disk_too_small", { dataDiskMb: 50_000 }],
  ])("says %s before anything is made", async (code, change) => {
    const error = await failure(cloudOn(bench).ensureNode({ ...webSpec, ...change }, testContext()));
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(/\.$/);
    expect(at((await bench.raw("GET", "/v4/linode/instances")).body, "results")).toBe(0);
  });

  test("says when the boot fails", async () => {
    bench.hypervisor.boot = () => Promise.reject(new Error("no memory left"));
    const error = await failure(cloudOn(bench).ensureNode(webSpec, testContext()));
    expect(error).toMatchObject({ code: "cloud_job_failed" });
    expect(error.message).toContain("no memory left");
  });
});

describe("nodes", () => {
  test("are listed over all pages", async () => {
    for (let index = 0; index < 120; index += 1)
      await bench.raw("POST", "/v4/linode/instances", {
        label: `demo-n${String(index)}`,
        region: "us-ord",
        type: "g6-nanode-1",
        tags: [index < 110 ? "nonet:demo" : "nonet:demo2"],
      });
    const nodes = await cloudOn(bench).listNodes("nonet:demo", testContext());
    expect(new Set(nodes.map((node) => node.id)).size).toBe(110);
    expect(bench.exchanges.map((exchange) => exchange.query)).toEqual([
      "?page=1&page_size=100",
      "?page=2&page_size=100",
    ]);
  });

  test("are shut down and booted, and left alone when they are so already", async () => {
    const context = testContext();
    const cloud = cloudOn(bench);
    const { id } = await cloud.ensureNode(webSpec, context);
    await cloud.shutdown(id, context);
    expect(await bench.hypervisor.isRunning(id)).toBe(false);
    await cloud.shutdown(id, context);
    await cloud.boot(id, context);
    expect(await bench.hypervisor.isRunning(id)).toBe(true);
    bench.exchanges.length = 0;
    await cloud.boot(id, context);
    expect(bench.exchanges.every((exchange) => exchange.method === "GET")).toBe(true);
  });

  test("are deleted only with the cluster's tag, and are then gone", async () => {
    const context = testContext();
    const cloud = cloudOn(bench);
    const { id } = await cloud.ensureNode(webSpec, context);
    const error = await failure(cloud.deleteNode(id, "nonet:prod", context));
    expect(error.code).toBe("cloud_foreign_node");
    expect(bench.exchanges.some((exchange) => exchange.method === "DELETE")).toBe(false);
    await cloud.deleteNode(id, "NONET:demo", context);
    expect(await cloud.listNodes("nonet:demo", context)).toEqual([]);
    expect(bench.hypervisor.machines.size).toBe(0);
    await cloud.deleteNode(id, "nonet:demo", context);
  });

  test("stop being waited for when the caller gives up", async () => {
    const release = Promise.withResolvers<undefined>();
    bench.hypervisor.boot = () => release.promise;
    const context = testContext();
    bench.after = ({ path }) => {
      if (path.endsWith("/boot")) context.controller.abort(new Error("enough"));
    };
    await expect(cloudOn(bench).ensureNode(webSpec, context)).rejects.toThrow("enough");
    release.resolve(undefined);
  });
});
