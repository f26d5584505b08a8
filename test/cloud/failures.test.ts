import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { createLinode, getProfile } from "@linode/api-v4";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LinodeCall } from "../../src/cloud/client.ts";
import { linodeCloud } from "../../src/cloud/linode.ts";
import { toFailure } from "../../src/core/errors.ts";
import type { OpsError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { publicKey, startBench, token } from "../lab-api/harness.ts";
import type { Bench } from "../lab-api/harness.ts";
import { cloudOn, dbSpec, failure, testContext, webSpec } from "./cloud.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({
    limitedTokens: {
      "read-only-token-77aa": "linodes:read_only events:read_only",
      "no-ips-token-88bb": "linodes:read_write",
    },
  });
});
afterEach(async () => {
  await bench.close();
});

function fault(api: string | null): void {
  writeFileSync(join(bench.stateDir, "faults.json"), JSON.stringify({ api, poweredOff: [] }));
}

const busy = { status: 400, body: '{"errors":[{"reason":"Linode busy."}]}' };
const limited = { status: 429, headers: { "retry-after": "0" }, body: '{"errors":[{"reason":"Too many requests"}]}' };
const html = { "content-type": "text/html", server: "nginx" };

test("every request that was sent is accounted for, with the status of its answer", async () => {
  const calls: string[] = [];
  const options = { baseUrl: bench.url, pollMs: 1 };
  const onCall = ({ method, status }: LinodeCall) => calls.push(`${method} ${status}`);
  const cloud = linodeCloud({ ...options, token: new Secret(token), onCall });
  let refusals = 0;
  bench.trouble = () => (refusals++ < 2 ? limited : null);
  await cloud.whoAmI(testContext());
  await failure(linodeCloud({ ...options, token: new Secret("wrong"), onCall }).whoAmI(testContext()));
  await failure(
    linodeCloud({ ...options, baseUrl: "http://127.0.0.1:1", token: new Secret(token), onCall }).whoAmI(testContext()),
  );
  expect([...new Set(calls)]).toEqual(["GET 429", "GET 200", "GET 401", "GET null"]);
  expect(calls.slice(0, 3)).toEqual(["GET 429", "GET 429", "GET 200"]);
});

describe("calls are repeated", () => {
  test("while the Linode is busy", async () => {
    let refusals = 0;
    bench.trouble = (method, path) => (method === "POST" && path.endsWith("/boot") && refusals++ < 9 ? busy : null);
    const node = await cloudOn(bench).ensureNode(webSpec, testContext());
    expect(node.status).toBe("running");
    expect(refusals).toBe(10);
  });

  test.each([
    ["429 with Retry-After", limited],
    ["503 of nginx", { status: 503, headers: html, body: "<html>" }],
    ["502 of nginx", { status: 502, headers: html, body: "<html>" }],
    ["400 of nginx", { status: 400, headers: html, body: "<html>" }],
    ["408", { status: 408, body: "{}" }],
  ])("after %s", async (_name, answer) => {
    let refusals = 0;
    bench.trouble = () => (refusals++ < 2 ? answer : null);
    const context = testContext();
    expect(await cloudOn(bench).listNodes("nonet:demo", context)).toEqual([]);
    expect(bench.exchanges).toHaveLength(3);
  });

  test("after the documented limit on creations, when it says so", async () => {
    const strict = await startBench({ limits: { create: { count: 1, seconds: 1 } } });
    const context = testContext();
    const cloud = cloudOn(strict);
    await Promise.all(["demo-web1", "demo-web2"].map((label) => cloud.ensureNode({ ...webSpec, label }, context)));
    expect(await cloud.listNodes("nonet:demo", context)).toHaveLength(2);
    expect(context.said).toContain("the Linode API limits us, waiting 1 s");
    await strict.close();
  });

  test("never during maintenance", async () => {
    bench.trouble = () => ({ status: 503, headers: { "x-maintenance-mode": "all" }, body: "{}" });
    const error = await failure(cloudOn(bench).regions(testContext()));
    expect(error.code).toBe("cloud_maintenance");
    expect(bench.exchanges).toHaveLength(1);
  });
});

describe("one sentence and what to do, when", () => {
  test.each<[string, string, () => Promise<OpsError>]>([
    ["there is no token", "cloud_no_token", () => failure(cloudOn(bench, null).regions(testContext()))],
    ["the token is empty", "cloud_no_token", () => failure(cloudOn(bench, "").regions(testContext()))],
    [
      "the token is wrong",
      "cloud_unauthorized",
      () => failure(cloudOn(bench, "wrong-token-99cc").whoAmI(testContext())),
    ],
    [
      "the token may only read",
      "cloud_scope",
      () => failure(cloudOn(bench, "read-only-token-77aa").ensureNode(webSpec, testContext())),
    ],
    [
      "the API goes on limiting",
      "cloud_limited",
      () => {
        bench.trouble = () => limited;
        return failure(cloudOn(bench).regions(testContext()));
      },
    ],
    [
      "the API is down",
      "cloud_down",
      () => {
        fault("down");
        return failure(cloudOn(bench).regions(testContext()));
      },
    ],
    [
      "the API cuts connections",
      "cloud_down",
      () => {
        fault("closed");
        return failure(cloudOn(bench).regions(testContext()));
      },
    ],
    [
      "nobody listens",
      "cloud_down",
      () =>
        failure(
          linodeCloud({ token: new Secret(token), baseUrl: "http://127.0.0.1:9", pollMs: 1 }).regions(testContext()),
        ),
    ],
    [
      "the API does not answer in time",
      "cloud_down",
      () => {
        bench.trouble = () => "no-answer";
        const hasty = { token: new Secret(token), baseUrl: bench.url, pollMs: 1, timeoutMs: 20 };
        return failure(linodeCloud(hasty).regions(testContext()));
      },
    ],
    [
      "the account has no room",
      "cloud_quota",
      () => {
        const body = '{"errors":[{"reason":"Account Limit reached. Please open a support ticket."}]}';
        bench.trouble = (method) => (method === "POST" ? { status: 400, body } : null);
        return failure(cloudOn(bench).ensureNode(webSpec, testContext()));
      },
    ],
    [
      "the region is sold out",
      "cloud_out_of_stock",
      () => {
        const body = '{"errors":[{"reason":"This plan is sold out in this region.","field":"type"}]}';
        bench.trouble = (method) => (method === "POST" ? { status: 400, body } : null);
        return failure(cloudOn(bench).ensureNode(webSpec, testContext()));
      },
    ],
    [
      "the answer is not what was promised",
      "cloud_unexpected_answer",
      () => {
        bench.trouble = () => ({ status: 200, body: '{"data":[{"id":"seven"}],"page":1,"pages":1,"results":1}' });
        return failure(cloudOn(bench).regions(testContext()));
      },
    ],
    [
      "the package itself refuses (a bare list of reasons)",
      "cloud_refused",
      () => failure(cloudOn(bench).ensurePlacementGroup("", "us-ord", testContext())),
    ],
    [
      "the API refuses (an HTTP error)",
      "cloud_unknown_region",
      () => failure(cloudOn(bench).ensurePlacementGroup("demo-db", "mars-1", testContext())),
    ],
  ])("%s: %s", async (_name, code, provoke) => {
    const error = await provoke();
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^[A-Z].*\.$/s);
    expect(error.hint).toMatch(/^[A-Z].*\.$/s);
    const everything =
      inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(toFailure(error)) + (error.stack ?? "");
    for (const secret of [token, "wrong-token-99cc", "read-only-token-77aa", "Bearer", "root_pass"])
      expect(everything).not.toContain(secret);
  });

  test("a token lacks a scope, by name", async () => {
    const error = await failure(
      cloudOn(bench, "read-only-token-77aa").ensurePlacementGroup("demo-db", "us-ord", testContext()),
    );
    expect(error.message).toContain("lacks the scope linodes:read_write");
  });
});

test("a root password that the API repeats does not get out", async () => {
  bench.trouble = (method, path) =>
    method === "POST" && path.endsWith("/disks")
      ? { status: 400, body: `{"errors":[{"reason":"No: ${token}","field":"root_pass"}]}` }
      : null;
  const error = await failure(cloudOn(bench).ensureNode(dbSpec, testContext()));
  expect(error.message).toContain("root_pass: No: ••••");
});

test("two clients with two tokens do not mix them up", async () => {
  const [full, limitedOne] = [cloudOn(bench), cloudOn(bench, "read-only-token-77aa")];
  const answers = await Promise.all([full, limitedOne, full, limitedOne].map((cloud) => cloud.whoAmI(testContext())));
  expect(answers.map((answer) => answer.scopes)).toEqual([
    ["*"],
    ["linodes:read_only", "events:read_only"],
    ["*"],
    ["linodes:read_only", "events:read_only"],
  ]);
});

describe("calls that go around the package's own functions", () => {
  test("create: the package refuses an image with keys but no root password, the API takes it", async () => {
    const body = {
      label: "demo-web1",
      region: "us-ord",
      type: "g6-nanode-1",
      image: "linode/debian12",
      authorized_keys: [publicKey],
    };
    await expect(createLinode(body)).rejects.toMatchObject([{ field: "root_pass" }]);
    expect((await bench.raw("POST", "/v4/linode/instances", body)).status).toBe(200);
  });

  test("profile: the package drops the headers, and the scopes are in one", async () => {
    const answer = await bench.raw("GET", "/v4/profile");
    expect(answer.headers.get("x-oauth-scopes")).toBe("*");
    expect(getProfile.toString()).not.toContain("response.headers");
  });

  test("nothing is sent outside of a client", async () => {
    await expect(getProfile()).rejects.toThrow("outside of the client");
  });
});
