import { createHmac } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { slackHandler } from "../../../src/chat/slack/http.ts";
import type { Envelope } from "../../../src/chat/slack/line.ts";
import { Secret } from "../../../src/core/secret.ts";

const secret = "8f742231b10e8888abcd99yyyzzz85a5";
const form = "command=%2Fcluster&text=build+prod&team_id=T1";

let now: number;
let heard: Envelope[];
let refusals: string[];
let handle: (request: Request) => Promise<Response>;

beforeEach(() => {
  now = Date.parse("2026-01-01T00:00:00Z");
  heard = [];
  refusals = [];
  const note = (context: object) => refusals.push(JSON.stringify(context));
  handle = slackHandler({
    signingSecret: new Secret(secret),
    log: { info: note, warn: note, error: note },
    now: () => now,
    receive: (envelope) => {
      heard.push(envelope);
      return { answer: { response_action: "clear" }, work: () => Promise.resolve() };
    },
  });
});

interface Parts {
  readonly body?: string;
  readonly stamp?: number | string;
  readonly signature?: string;
  readonly type?: string;
  readonly key?: string;
}

function signed(parts: Parts = {}): Request {
  const { body = form, stamp = now / 1000, type = "application/x-www-form-urlencoded", key = secret } = parts;
  const mac = createHmac("sha256", key).update(`v0:${stamp}:${body}`).digest("hex");
  const headers = {
    "Content-Type": type,
    "X-Slack-Request-Timestamp": String(stamp),
    "X-Slack-Signature": parts.signature ?? `v0=${mac}`,
  };
  return new Request("http://127.0.0.1/slack", { method: "POST", headers, body });
}

it("takes what Slack signed and answers at once", async () => {
  const response = await handle(signed());
  expect([response.status, await response.json()]).toEqual([200, { response_action: "clear" }]);
  const body = { command: "/cluster", text: "build prod", team_id: "T1" };
  expect(heard).toEqual([{ kind: "slash_commands", id: null, body }]);
});

it("reads interactions and events", async () => {
  await handle(signed({ body: `payload=${encodeURIComponent('{"type":"block_actions"}')}` }));
  await handle(signed({ body: '{"type":"event_callback","event_id":"Ev1"}', type: "application/json; charset=utf-8" }));
  expect(heard).toEqual([
    { kind: "interactive", id: null, body: { type: "block_actions" } },
    { kind: "events_api", id: null, body: { type: "event_callback", event_id: "Ev1" } },
  ]);
});

const seconds = (ms: number) => Date.parse("2026-01-01T00:00:00Z") / 1000 + ms;

it.each<[string, Parts]>([
  ["another secret", { key: "another" }],
  ["a signature of another body", { signature: `v0=${"ab".repeat(32)}` }],
  ["no signature", { signature: "" }],
  ["half a signature", { signature: "v0=" }],
  ["another version", { signature: `v1=${"ab".repeat(32)}` }],
  ["a timestamp of 301 s ago", { stamp: seconds(-301) }],
  ["a timestamp of an hour ahead", { stamp: seconds(3600) }],
  ["a timestamp that is none", { stamp: "abc" }],
  ["a signed timestamp that is not a number", { stamp: "Infinity" }],
])("refuses %s", async (_what, parts) => {
  expect((await handle(signed(parts))).status).toBe(401);
  expect(heard).toEqual([]);
  expect(refusals).toHaveLength(1);
  expect(refusals[0]).not.toContain("build");
});

it("takes a timestamp within five minutes, and each request once", async () => {
  const old = signed({ stamp: seconds(-299) });
  const again = old.clone();
  expect((await handle(old)).status).toBe(200);
  now += 500;
  expect((await handle(again)).status).toBe(401);
  expect((await handle(signed({ stamp: seconds(299) }))).status).toBe(200);
  expect(heard).toHaveLength(2);
});

it("refuses a replay as long as its timestamp would do, and remembers no longer than that", async () => {
  const request = () => signed({ stamp: seconds(300) });
  expect((await handle(request())).status).toBe(200);
  now += 599_000;
  expect((await handle(request())).status).toBe(401);
  expect(refusals[0]).toContain("used before");
});

it("proves itself to Slack", async () => {
  const challenge = signed({ body: '{"type":"url_verification","challenge":"abc"}', type: "application/json" });
  expect(await (await handle(challenge)).json()).toEqual({ challenge: "abc" });
  expect((await handle(new Request("http://127.0.0.1/slack?ssl_check=1&token=t"))).status).toBe(200);
  expect((await handle(signed({ body: "ssl_check=1&token=t" }))).status).toBe(200);
  expect(heard).toEqual([]);
});

it("answers nobody's challenge without a signature", async () => {
  const body = '{"type":"url_verification","challenge":"abc"}';
  const forged = await handle(signed({ body, type: "application/json", key: "another" }));
  expect([forged.status, await forged.text()]).toEqual([401, "refused"]);
});

it("reads no more than it must", async () => {
  const body = `payload=${"x".repeat(600_000)}`;
  expect((await handle(signed({ body }))).status).toBe(413);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      sent += 1;
      stream.enqueue(new Uint8Array(64 * 1024));
    },
  });
  const init = { method: "POST", body: endless, duplex: "half" } as RequestInit;
  expect((await handle(new Request("http://127.0.0.1/slack", init))).status).toBe(413);
  expect(sent).toBeLessThan(12);
  expect((await handle(new Request("http://127.0.0.1/slack"))).status).toBe(405);
  expect((await handle(signed({ body: "{", type: "application/json" }))).status).toBe(400);
});

it("says that it does not listen yet", async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deaf = slackHandler({ signingSecret: new Secret(secret), log, now: () => now, receive: () => undefined });
  expect((await deaf(signed())).status).toBe(503);
});
