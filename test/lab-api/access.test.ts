import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { at, deployBody, idOf, startBench, token, until } from "./harness.ts";
import type { Bench } from "./harness.ts";
import { bare, deployed, instances, reasons } from "./steps.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  await bench.close();
});

describe("addresses", () => {
  test("are shared within a region, as a whole list, and never with the owner", async () => {
    const [a, b, far] = [
      await bare(bench, "one"),
      await bare(bench, "two"),
      await bare(bench, "three", { region: "us-east" }),
    ];
    const extra = String(
      at((await bench.raw("POST", `${instances}/${String(a)}/ips`, { type: "ipv4", public: true })).body, "address"),
    );
    const share = (linode: number, ips: string[]) =>
      bench.raw("POST", "/v4beta/networking/ips/share", { linode_id: linode, ips });
    expect((await share(b, [extra])).body).toEqual({});
    const shared = await bench.raw("GET", `${instances}/${String(b)}/ips`);
    expect(shared.body).toMatchObject({ ipv4: { shared: [{ address: extra, linode_id: a }] } });
    expect((await share(far, [extra])).status).toBe(400);
    expect((await share(a, [extra])).status).toBe(400);
    expect((await share(b, ["198.18.0.200"])).status).toBe(400);
    await share(b, []);
    expect(at((await bench.raw("GET", `${instances}/${String(b)}/ips`)).body, "ipv4.shared")).toEqual([]);
    expect((await bench.raw("DELETE", `${instances}/${String(a)}/ips/${extra}`)).status).toBe(200);
  });

  test("of a machine follow from its hardware address", async () => {
    const id = await deployed(bench, "web1");
    const card = bench.hypervisor.machines.get(id)?.interfaces[0];
    if (card?.purpose !== "public") throw new Error("no public card");
    const [, , c, d, e, f] = card.mac.split(":");
    const [hi, mid, lo] = [`f03c:`, `${c ?? ""}ff:fe${d ?? ""}`, `${e ?? ""}${f ?? ""}`];
    expect(card.ipv6).toBe(new URL(`http://[fd98:18:0:0:${hi}${mid}:${lo}]`).hostname.slice(1, -1));
  });
});

describe("access", () => {
  test("tokens, scopes, methods, paths", async () => {
    const limited = await startBench({ limitedTokens: { reader: "linodes:read_only ips:*" } });
    const as = async (method: string, path: string, who: string) =>
      limited.raw(method, path, method === "POST" ? {} : undefined, { authorization: `Bearer ${who}` });
    const wrong = await as("GET", instances, "nobody");
    expect([wrong.status, reasons(wrong)]).toEqual([401, [{ reason: "Invalid Token" }]]);
    const allowed = await as("GET", instances, "reader");
    expect([
      allowed.status,
      allowed.headers.get("x-oauth-scopes"),
      allowed.headers.get("x-accepted-oauth-scopes"),
    ]).toEqual([200, "linodes:read_only ips:*", "linodes:read_only"]);
    for (const [method, path] of [
      ["POST", instances],
      ["GET", "/v4/account/events"],
      ["POST", "/v4/networking/ips/share"],
    ] as const) {
      const refused = await as(method, path, "reader");
      expect([refused.status, reasons(refused)]).toEqual([
        401,
        [{ reason: "Your OAuth token is not authorized to use this endpoint." }],
      ]);
    }
    expect((await fetch(`${limited.directUrl}/v4/regions`)).status).toBe(200);
    expect((await fetch(`${limited.directUrl}/v4/profile`)).status).toBe(401);
    expect((await limited.raw("GET", "/v4/linode/nothing")).status).toBe(404);
    expect((await limited.raw("GET", "/v5/regions")).status).toBe(404);
    expect((await limited.raw("DELETE", "/v4/regions")).status).toBe(405);
    await limited.close();
  });

  test("documented limits per token, with headers", async () => {
    const strict = await startBench({ limits: {}, limitedTokens: { other: "*" } });
    let answer = await strict.raw("GET", instances);
    expect(answer.headers.get("x-ratelimit-limit")).toBe("200");
    expect(answer.headers.get("x-ratelimit-remaining")).toBe("199");
    for (let index = 1; index <= 200; index += 1) answer = await strict.raw("GET", instances);
    expect([answer.status, reasons(answer)]).toEqual([429, [{ reason: "Too many requests" }]]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await strict.raw("GET", "/v4/profile")).headers.get("x-ratelimit-limit")).toBe("1600");
    expect((await strict.raw("GET", instances, undefined, { authorization: "Bearer other" })).status).toBe(200);
    const body = { label: "x" };
    for (let index = 0; index < 20; index += 1) await strict.raw("POST", instances, body);
    expect((await strict.raw("POST", instances, body)).status).toBe(429);
    await strict.close();
  });

  test("faults of the lab", async () => {
    const play = (api: string | null): void => {
      writeFileSync(join(bench.stateDir, "faults.json"), JSON.stringify({ api }));
    };
    play("down");
    const down = await bench.raw("GET", "/v4/regions");
    expect([down.status, down.headers.get("server"), down.headers.get("content-type")]).toEqual([
      503,
      "nginx",
      expect.stringContaining("text/html"),
    ]);
    play("429");
    expect((await bench.raw("GET", "/v4/regions")).headers.get("retry-after")).toBe("1");
    play("closed");
    await expect(bench.raw("GET", "/v4/regions")).rejects.toThrow("fetch failed");
    play(null);
    expect((await bench.raw("GET", "/v4/regions")).status).toBe(200);
  });
});

test("a restart keeps the account, and boots what was on", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "nonet-api-"));
  const first = await startBench({ stateDir });
  const id = idOf(await first.raw("POST", instances, deployBody("web1", { tags: ["nonet:demo"] })));
  const before = await until(
    () => first.raw("GET", `${instances}/${String(id)}`),
    (answer) => at(answer.body, "status") === "running",
  );
  await first.close();
  const second = await startBench({ stateDir });
  const after = await until(
    () => second.raw("GET", `${instances}/${String(id)}`),
    (answer) => at(answer.body, "status") === "running",
  );
  expect(after.body).toEqual(before.body);
  expect(await second.hypervisor.isRunning(id)).toBe(true);
  expect(idOf(await second.raw("POST", instances, deployBody("web2")))).toBeGreaterThan(id);
  await second.close();
  rmSync(stateDir, { recursive: true });
});

test("the token of the account is nowhere in its state", async () => {
  await deployed(bench, "web1");
  expect(JSON.stringify((await bench.raw("GET", instances)).body)).not.toContain(token);
});
