import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { atConsole, atWeb } from "../../src/core/caller.ts";
import { inSlack, openStage, type Stage } from "./stage.ts";
import { Visitor } from "./visitor.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function signedIn(slackId: string): Promise<Visitor> {
  const visitor = new Visitor(stage.url);
  expect(await visitor.signIn(await stage.linkFor(slackId))).toMatchObject({ status: 200 });
  return visitor;
}

/** Kinds of the newest records of the audit, and who did it. */
async function audited(count: number): Promise<string[]> {
  const receipt = await stage.bot.desk.submit("/audit export", atConsole("alice"));
  if (receipt.kind !== "answer") throw new Error("no answer");
  const lines = receipt.result.text?.split("\n") ?? [];
  const records = lines.map(
    (line) => JSON.parse(line) as { kind: string; actor: string | null; data: { by?: string } },
  );
  return records
    .filter(({ kind }) => kind !== "call")
    .slice(-count)
    .map(({ kind, actor, data }) => `${kind} ${actor} ${data.by}`);
}

it("signs in by a link, once, as whoever asked for it", async () => {
  const link = await stage.linkFor("U0ALICE");
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in#[A-Za-z0-9_-]{43}$/);
  const visitor = new Visitor(stage.url);
  // A preview or a prefetch uses nothing up.
  expect(await visitor.get("/sign-in")).toMatchObject({ status: 200 });
  const entered = await visitor.signIn(link);
  expect(entered).toMatchObject({ status: 200, text: JSON.stringify({ name: "alice" }) });
  const [cookie] = entered.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^nonet=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(await visitor.get("/api/who")).toMatchObject({ status: 200, text: JSON.stringify({ name: "alice" }) });
  const again = await new Visitor(stage.url).signIn(link);
  expect(again).toMatchObject({ status: 403, text: expect.stringContaining("used already") });
  expect(again.headers["set-cookie"]).toBeUndefined();
  expect(await audited(2)).toEqual(["web.link alice slack:U0ALICE", "web.signed-in alice slack:U0ALICE"]);
});

it("gives a link to nobody who is not named, nor to whoever is in already", async () => {
  await expect(stage.linkFor("U0MALLORY")).rejects.toMatchObject({ code: "forbidden" });
  await expect(stage.bot.desk.submit("/console link", atWeb("alice"))).rejects.toMatchObject({ code: "signed_in" });
  const receipt = await stage.bot.desk.submit("/console link", inSlack("U0CAROL"));
  expect(receipt).toMatchObject({ kind: "answer", shared: false });
});

it("tells nothing without a session, and nothing to one that was made up", async () => {
  const visitor = new Visitor(stage.url);
  for (const cookie of ["", "nonet=", `nonet=${"A".repeat(43)}`]) {
    visitor.cookie = cookie;
    for (const path of ["/api/who", "/api/live", "/api/audit", "/api/runs/x/picture.svg"])
      expect(await visitor.get(path)).toMatchObject({ status: 401 });
    for (const path of ["/api/submit", "/api/press", "/api/complete"])
      expect(await visitor.post(path, { text: "/help" })).toMatchObject({ status: 401 });
  }
});

it("ends a session by signing out, on this screen or on all", async () => {
  const [one, two] = [await signedIn("U0BOB"), await signedIn("U0BOB")];
  await one.post("/api/sign-out", {});
  expect(await one.get("/api/who")).toMatchObject({ status: 401 });
  expect(await two.get("/api/who")).toMatchObject({ status: 200 });
  const link = await stage.linkFor("U0BOB");
  expect(await two.submit("/console leave")).toMatchObject({ card: { verdict: expect.stringContaining("1 session") } });
  expect(await two.get("/api/who")).toMatchObject({ status: 401 });
  expect(await new Visitor(stage.url).signIn(link)).toMatchObject({ status: 403 });
});

it("refuses what another site sends, and what comes under another name", async () => {
  const visitor = await signedIn("U0ALICE");
  const freeze = { text: "/freeze because" };
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: stage.url.replace("http:", "https:") },
    { "content-type": "text/plain" },
    { "content-type": "application/x-www-form-urlencoded" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])
    expect(await visitor.post("/api/submit", freeze, headers)).toMatchObject({ status: 403 });
  expect(await visitor.get("/api/who", { "sec-fetch-site": "cross-site" })).toMatchObject({ status: 403 });
  for (const host of ["evil.example", "127.0.0.1", new URL(stage.url).host.replace("127.0.0.1", "localhost")]) {
    expect(await visitor.get("/", { host })).toMatchObject({ status: 421 });
    expect(await visitor.post("/api/submit", freeze, { host })).toMatchObject({ status: 421 });
  }
  expect((await visitor.submit("/cluster list"))?.kind).toBe("answer");
  expect(await visitor.until(() => true)).toMatchObject({ locks: [] });
});

it("tells a browser to load and run nothing but its own files", async () => {
  const visitor = new Visitor(stage.url);
  for (const path of [
    "/",
    "/sign-in",
    "/wall",
    "/audit",
    "/runs/1f6f2f0c",
    "/assets/page/main.ts",
    "/api/who",
    "/none",
  ]) {
    const { headers } = await visitor.get(path);
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; style-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; " +
        "trusted-types lit-html",
    );
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "x-frame-options": "DENY",
    });
  }
  expect((await visitor.get("/assets/page/main.ts")).headers["content-type"]).toContain("text/javascript");
  for (const path of ["/assets/page/tsconfig.json", "/assets/page/..%2fweb.ts", "/assets/lit-html/package.json"])
    expect(await visitor.get(path)).toMatchObject({ status: 404 });
});

it("refuses what is too large and what is no request of the page, in words", async () => {
  const visitor = await signedIn("U0ALICE");
  expect(await visitor.post("/api/submit", { text: "x".repeat(40_000) })).toMatchObject({ status: 413 });
  for (const body of [{}, { text: 1 }, { text: "/help", as: "bob" }])
    expect(await visitor.post("/api/submit", body)).toMatchObject({ status: 400 });
  const guess = { id: "approve:anything", on: "x", filled: {} };
  expect(await visitor.post("/api/press", guess)).toMatchObject({
    status: 400,
    text: expect.stringContaining("button"),
  });
});

it("wears out whoever tries to guess", async () => {
  const guesser = new Visitor(stage.url);
  const guess = () => guesser.signIn(`${stage.url}/sign-in#${"A".repeat(43)}`);
  const statuses: number[] = [];
  for (let tries = 0; tries < 40; tries += 1) statuses.push((await guess()).status);
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
  expect(statuses.at(-1)).toBe(429);
});

it("keeps tokens out of its files, its log and its audit", async () => {
  const link = await stage.linkFor("U0CAROL");
  const names = readdirSync(stage.stateDir).filter((name) => !name.endsWith(".sock"));
  const files = names.map((name) => readFileSync(join(stage.stateDir, name)).toString("latin1"));
  const token = new URL(link).hash.slice(1);
  expect(files.some((text) => text.includes("web.link"))).toBe(true);
  expect(files.filter((text) => text.includes(token))).toEqual([]);
});
