import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { at, deployBody, idOf, startBench, until } from "./harness.ts";
import type { Bench } from "./harness.ts";
import { bare, deployed, instances, labels, reachStatus, reasons } from "./steps.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  await bench.close();
});

describe("jobs", () => {
  test("make the Linode busy", async () => {
    const release = Promise.withResolvers<undefined>();
    bench.hypervisor.boot = () => release.promise;
    const id = idOf(await bench.raw("POST", instances, deployBody("web1")));
    await reachStatus(bench, id, "booting");
    for (const [path, body] of [
      ["disks", { label: "more", size: 100 }],
      ["boot", {}],
      ["reboot", {}],
      ["shutdown", {}],
      ["rebuild", { image: "linode/debian12", root_pass: "aComplexP4ssword" }],
    ] as const) {
      const answer = await bench.raw("POST", `${instances}/${String(id)}/${path}`, body);
      expect([answer.status, reasons(answer)]).toEqual([400, [{ reason: "Linode busy." }]]);
    }
    release.resolve(undefined);
  });

  test("a new disk is in the list before it is found", async () => {
    await bench.close();
    bench = await startBench({ stageMs: 300 });
    const id = await bare(bench, "db1");
    const first = await bench.raw("POST", `${instances}/${String(id)}/disks`, { label: "root", size: 1000 });
    expect(at(first.body, "status")).toBe("not ready");
    const one = `${instances}/${String(id)}/disks/${String(idOf(first))}`;
    expect((await bench.raw("GET", one)).status).toBe(404);
    expect(labels(await bench.raw("GET", `${instances}/${String(id)}/disks`))).toEqual(["root"]);
    await until(
      () => bench.raw("GET", one),
      (answer) => answer.status === 200,
    );
  });

  test("disks stay within the plan", async () => {
    const id = await bare(bench, "db1");
    const answer = await bench.raw("POST", `${instances}/${String(id)}/disks`, { label: "big", size: 25_601 });
    expect(answer.status).toBe(400);
    expect(at(answer.body, "errors.0.field")).toBe("size");
  });

  test("a disk is resized, renamed and deleted while the Linode is off, and not while it runs", async () => {
    const id = await deployed(bench, "db1");
    const list = await bench.raw("GET", `${instances}/${String(id)}/disks`);
    const disk = `${instances}/${String(id)}/disks/${String(at(list.body, "data.1.id"))}`;
    expect((await bench.raw("DELETE", disk)).status).toBe(400);
    await bench.raw("POST", `${instances}/${String(id)}/shutdown`);
    await reachStatus(bench, id, "offline");
    await until(
      () => bench.raw("POST", `${disk}/resize`, { size: 256 }),
      (answer) => answer.status === 200,
    );
    await until(
      () => bench.raw("GET", disk),
      (answer) => at(answer.body, "size") === 256,
    );
    expect(at((await bench.raw("PUT", disk, { label: "less" })).body, "label")).toBe("less");
    await until(
      () => bench.raw("DELETE", disk),
      (answer) => answer.status === 200,
    );
    await until(
      () => bench.raw("GET", disk),
      (answer) => answer.status === 404,
    );
  });

  test("a rebuild keeps id, addresses and interfaces, and changes the disks", async () => {
    const interfaces = [{ purpose: "public" }, { purpose: "vlan", label: "demo", ipam_address: "10.10.0.2/24" }];
    const id = await deployed(bench, "web1", { interfaces });
    const before = bench.hypervisor.machines.get(id);
    const body = { image: "linode/debian12", root_pass: "aComplexP4ssword", metadata: { user_data: "Y29vbA==" } };
    const answer = await bench.raw("POST", `${instances}/${String(id)}/rebuild`, body);
    expect(at(answer.body, "status")).toBe("rebuilding");
    await reachStatus(bench, id, "running");
    const machine = bench.hypervisor.machines.get(id);
    expect(machine?.interfaces).toEqual(before?.interfaces);
    expect(machine?.userData).toBe("cool");
    expect(machine?.disks[0]?.id).not.toBe(before?.disks[0]?.id);
  });

  test("boot refuses what runs already, reboot leaves it running", async () => {
    const id = await deployed(bench, "web1");
    expect(reasons(await bench.raw("POST", `${instances}/${String(id)}/boot`))).toEqual([
      { reason: `Linode ${String(id)} already booted.` },
    ]);
    expect((await bench.raw("POST", `${instances}/${String(id)}/reboot`, {})).status).toBe(200);
    await reachStatus(bench, id, "running");
  });

  test("what a Linode held is free once it is deleted", async () => {
    const id = await deployed(bench, "web1", {
      interfaces: [{ purpose: "public" }, { purpose: "vlan", label: "demo" }],
    });
    expect(at((await bench.raw("GET", "/v4beta/networking/vlans")).body, "data.0.linodes.0")).toBe(id);
    await bench.raw("DELETE", `${instances}/${String(id)}`);
    await until(
      () => bench.raw("GET", `${instances}/${String(id)}`),
      (answer) => answer.status === 404,
    );
    expect(at((await bench.raw("GET", "/v4beta/networking/vlans")).body, "results")).toBe(0);
    expect(at((await bench.raw("GET", "/v4/networking/ips")).body, "results")).toBe(0);
    await deployed(bench, "web1");
  });
});

describe("the watchdog", () => {
  test("boots what went off by itself, and leaves what a fault, a person or a setting keeps off", async () => {
    const [crashed, faulted, stopped, unwatched] = await Promise.all(
      ["crashed", "faulted", "stopped", "unwatched"].map((label) => deployed(bench, label)),
    );
    if (crashed === undefined || faulted === undefined || stopped === undefined || unwatched === undefined)
      throw new Error("four");
    await bench.raw("PUT", `${instances}/${String(unwatched)}`, { watchdog_enabled: false });
    writeFileSync(join(bench.stateDir, "faults.json"), JSON.stringify({ api: null, poweredOff: [faulted] }));
    await bench.raw("POST", `${instances}/${String(stopped)}/shutdown`);
    await reachStatus(bench, stopped, "offline");
    for (const id of [crashed, faulted, unwatched]) await bench.hypervisor.powerOff(id);
    await until(
      () => bench.hypervisor.isRunning(crashed),
      (running) => running,
    );
    await reachStatus(bench, crashed, "running");
    for (const id of [faulted, stopped, unwatched]) {
      await reachStatus(bench, id, "offline");
      expect(await bench.hypervisor.isRunning(id)).toBe(false);
    }
    const events = await bench.raw("GET", "/v4/account/events", undefined, {
      "X-Filter": '{"action":"lassie_reboot"}',
    });
    expect(events.body).toMatchObject({ results: 1, data: [{ entity: { id: crashed } }] });
  });
});
