import { expect, it } from "vitest";
import type { Desk } from "../../src/core/desk.ts";
import type { SignIns } from "../../src/core/sign-in.ts";
import { openWeb } from "../../src/chat/web/web.ts";
import { WebFile } from "../../src/chat/web/settings.ts";
import { listen } from "../../src/telemetry/http.ts";
import { Visitor } from "./visitor.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const desk = { nameOf: () => "alice", watch: () => () => undefined } as Partial<Desk> as Desk;
const holder = { actor: "alice", identity: { via: "slack", id: "U1" } } as const;
const signIns = {
  redeem: async () => ({ token: "a".repeat(43), holder }),
  holder: async () => holder,
} as Partial<SignIns> as SignIns;

it("behind a proxy with TLS, sets a cookie that no other host and no plain connection can set or get", async () => {
  const web = openWeb({ desk, signIns, log, now: Date.now, url: () => "https://nonet.example.org" });
  const listener = await listen(web.fetch, { host: "127.0.0.1", port: 0 }, { what: "a test", section: "web" });
  const visitor = new Visitor(listener.url);
  const passedOn = { host: "nonet.example.org", origin: "https://nonet.example.org" };
  const entered = await visitor.post("/api/sign-in", { token: "b".repeat(43) }, passedOn);
  const [cookie = ""] = entered.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^__Host-nonet=a{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  expect(entered.headers["strict-transport-security"]).toContain("max-age=31536000");
  visitor.cookie = cookie.split(";", 1)[0] ?? "";
  expect(await visitor.get("/api/who", passedOn)).toMatchObject({ status: 200 });
  visitor.cookie = visitor.cookie.replace("__Host-", "");
  expect(await visitor.get("/api/who", passedOn)).toMatchObject({ status: 401 });
  // The address it listens at is not the one people are told.
  expect(await visitor.get("/")).toMatchObject({ status: 421 });
  await web.close();
  await listener.close();
});

it("takes plain HTTP only on the machine itself", () => {
  const read = (web: object) => WebFile.web.safeParse(web);
  expect(read({})).toMatchObject({ data: { url: null, host: "127.0.0.1", port: 9323, channel: null } });
  expect(read({ url: "https://nonet.example.org/" })).toMatchObject({ data: { url: "https://nonet.example.org" } });
  expect(read({ url: "http://localhost:9323" }).success).toBe(true);
  expect(read({ url: "http://nonet.example.org" }).error?.message).toContain("use https://");
  expect(read({ url: "https://example.org/nonet" }).error?.message).toContain("without a path");
  expect(read({ host: "0.0.0.0" }).error?.message).toContain("url");
});
