import { afterEach, expect, test } from "vitest";
import { OpsError } from "../../src/core/errors.ts";
import { look, type Parts } from "../../src/telemetry/health.ts";
import { serveHttp, type Listener } from "../../src/telemetry/http.ts";
import { openMetrics } from "../../src/telemetry/metrics.ts";

const listeners: Listener[] = [];
afterEach(async () => {
  for (const one of listeners.splice(0)) await one.close();
});

async function serve(parts: Parts, metrics = openMetrics(), port = 0) {
  const listener = await serveHttp({ host: "127.0.0.1", port }, metrics, () => look(parts, 50));
  listeners.push(listener);
  return listener.url;
}

test("ready names each part and what is wrong with it; alive does not depend on them", async () => {
  const never = new Promise<void>(() => undefined);
  const url = await serve({
    store: () => Promise.reject(new OpsError({ code: "disk", message: "The disk is full.", hint: "Make room." })),
    engine: () => undefined,
    slow: () => never,
  });
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({
    ok: false,
    parts: {
      store: { ok: false, problem: "The disk is full. Make room." },
      engine: { ok: true },
      slow: { ok: false, problem: "No answer within 0.05 s." },
    },
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
});

test("ready is 200 when all is well", async () => {
  const url = await serve({ store: () => Promise.resolve([]) });
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { ok: true, parts: { store: { ok: true } } }]);
});

test("a port that is taken is named, with what to do", async () => {
  const { port } = new URL(await serve({}));
  await expect(serve({}, openMetrics(), Number(port))).rejects.toMatchObject({
    code: "http_unusable",
    message: expect.stringContaining(`127.0.0.1 port ${port}`),
    hint: expect.stringContaining("nonet.yaml"),
  });
});

test("a gauge is read when somebody looks; one that cannot be read hides no other", async () => {
  const metrics = openMetrics();
  let age = 3;
  metrics.gauge({ name: "nonet_age", help: "Age.", label: "adapter", read: () => ({ slack: age }) });
  metrics.gauge({ name: "nonet_broken", help: "Broken.", read: () => Promise.reject(new Error("no")) });
  metrics.gauge({
    name: "nonet_thrown",
    help: "Broken too.",
    label: "x",
    read: () => {
      throw new Error("no");
    },
  });
  const url = await serve({}, metrics);
  const text = async () => (await fetch(`${url}/metrics`)).text();
  metrics.gauge({ name: "nonet_alone", help: "By itself.", read: () => Promise.resolve(7) });
  expect(await text()).toContain('nonet_age{adapter="slack"} 3');
  expect(await text()).toMatch(/^nonet_alone 7$/m);
  expect(await text()).not.toMatch(/^nonet_broken /m);
  age = 4;
  expect(await text()).toContain('nonet_age{adapter="slack"} 4');
  expect(() => metrics.gauge({ name: "nonet_age", help: "", label: "x", read: () => ({}) })).toThrow("already");
});
