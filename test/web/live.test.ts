import { afterAll, beforeAll, expect, it } from "vitest";
import { atConsole } from "../../src/core/caller.ts";
import type { Outcome, RunLine, State } from "../../src/chat/web/wire.ts";
import { openStage, type Stage } from "./stage.ts";
import { Visitor, type Answer } from "./visitor.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function signedIn(slackId: string): Promise<Visitor> {
  const visitor = new Visitor(stage.url);
  await visitor.signIn(await stage.linkFor(slackId));
  return visitor;
}

/** A run of this command that asks something. */
async function asked(visitor: Visitor, text: string): Promise<RunLine> {
  const outcome = await visitor.submit(text);
  const isIt = ({ id, card }: RunLine) => outcome?.kind === "run" && id === outcome.runId && card.question !== null;
  const run = (await visitor.until(({ runs }) => runs.some(isIt))).runs.find(isIt);
  if (run === undefined) throw new Error("it asks nothing");
  return run;
}

function press(visitor: Visitor, { id, card }: RunLine, label: string, filled: object = {}): Promise<Answer> {
  const action = card.actions.find((each) => each.label === label);
  return visitor.post("/api/press", { id: action?.id ?? "", on: id, filled });
}

const ended = (id: string) => (state: State) => state.ended.some((run) => run.id === id);

it("builds a cluster from the command line to its end, live", async () => {
  const alice = await signedIn("U0ALICE");
  const run = await asked(alice, "/cluster build demo");
  expect(run.card.diff).toHaveLength(9);
  const working = alice.until(({ runs }) => runs.some(({ card }) => card.checklist.length > 0));
  expect(await press(alice, run, "Approve")).toMatchObject({ status: 200, text: "null" });
  await working;
  const done = await alice.until((state) => state.run?.card.state === "done", `run=${run.id}`);
  expect(done.run?.card).toMatchObject({ title: "/cluster build demo", verdict: expect.stringContaining("proven") });
  const picture = await alice.get(done.run?.picture?.src ?? "");
  expect(picture).toMatchObject({ status: 200, headers: { "content-type": "image/svg+xml" } });
  expect(picture.text).toMatch(/^<svg /);
  expect(await (await signedIn("U0DAVE")).get(done.run?.picture?.src ?? "")).toMatchObject({ status: 403 });
  // The button of before is no button any more.
  expect(await press(alice, run, "Approve")).toMatchObject({ status: 400, text: expect.stringContaining("already") });
});

it("takes no person for two, whichever way the second yes comes", { timeout: 120_000 }, async () => {
  const [alice, bob] = [await signedIn("U0ALICE"), await signedIn("U0BOB")];
  const run = await asked(alice, "/cluster destroy demo");
  expect(await press(alice, run, "Approve", { typed: "dem" })).toMatchObject({ status: 400 });
  expect(await press(alice, run, "Approve", { typed: "demo" })).toMatchObject({ status: 200 });
  const twice = await bob.until(({ runs }) => runs.some(({ card }) => card.question?.text.includes("alice") === true));
  const [asking] = twice.runs;
  if (asking === undefined) throw new Error("it asks nothing");
  expect(await press(alice, asking, "Approve", { typed: "demo" })).toMatchObject({ status: 400 });
  await expect(stage.bot.desk.decide(run.id, atConsole("alice"), "demo")).rejects.toThrow(/yes/);
  expect(await press(bob, asking, "Approve")).toMatchObject({ status: 200 });
  expect((await alice.until(ended(run.id))).ended[0]?.card.verdict).toContain("nothing of it is left");
});

it("shows and allows everybody what their roles do, and no more", async () => {
  const [alice, carol, dave] = [await signedIn("U0ALICE"), await signedIn("U0CAROL"), await signedIn("U0DAVE")];
  const run = await asked(alice, "/cluster build demo");
  expect((await carol.until(() => true)).runs).toHaveLength(1);
  expect(await press(carol, run, "Approve")).toMatchObject({ status: 403, text: expect.stringContaining("carol") });
  expect(await dave.until(() => true)).toMatchObject({ name: "dave", clusters: [], runs: [], ended: [], notices: [] });
  expect(await dave.until(() => true, `run=${run.id}`)).toMatchObject({ run: null, problem: { code: "forbidden" } });
  expect(await press(dave, run, "Refuse")).toMatchObject({ status: 403 });
  expect(await dave.post("/api/submit", { text: "/cluster build demo" })).toMatchObject({ status: 403 });
  expect(await dave.get("/api/audit")).toMatchObject({ status: 403 });
  const audit = JSON.parse((await carol.get("/api/audit")).text);
  expect(audit).toMatchObject({ ok: true, records: null, denial: expect.stringContaining("admin") });
  expect(JSON.parse((await alice.get("/api/audit")).text)).toMatchObject({ ok: true, denial: null });
  expect(await press(alice, run, "Refuse")).toMatchObject({ status: 200 });
  await alice.until(ended(run.id));
});

it("ends the session of whoever is not named any more, in the middle of it", async () => {
  const [alice, bob] = [await signedIn("U0ALICE"), await signedIn("U0BOB")];
  const run = await asked(alice, "/cluster build demo");
  const events: string[] = [];
  const listening = (async () => {
    for await (const { event, data } of bob.live()) events.push(event === "over" ? `over ${data.why}` : event);
  })();
  await expect.poll(() => events).toContain("state");
  await stage.employ(["alice"]);
  await listening;
  expect(events.at(-1)).toBe("over signed-out");
  expect(await press(bob, run, "Approve")).toMatchObject({ status: 401 });
  await stage.employ(["alice", "bob", "carol", "dave"]);
  // What has ended stays so.
  expect(await bob.get("/api/who")).toMatchObject({ status: 401 });
  await press(alice, run, "Refuse");
  await alice.until(ended(run.id));
});

it("goes on where a page left off, also after the bot has started again", async () => {
  const alice = await signedIn("U0ALICE");
  let last = "";
  for await (const { event, id } of alice.live()) {
    expect(event).toBe("state");
    last = id;
    break;
  }
  const next = async (headers: Record<string, string>, query = "") => {
    for await (const { event } of alice.live(query, headers)) return event;
    return "nothing";
  };
  // Nothing new: only a sign of life.
  expect(await next({ "last-event-id": last })).toBe("beat");
  expect(await next({}, `last=${last}`)).toBe("beat");
  expect(await next({ "last-event-id": "older" })).toBe("state");
  const events: string[] = [];
  const listening = (async () => {
    for await (const { event, data } of alice.live()) events.push(event === "over" ? `over ${data.why}` : event);
  })();
  await expect.poll(() => events).toContain("state");
  await stage.stop();
  await stage.start();
  await listening.catch(() => undefined);
  expect(events.at(-1)).toBe("over stopping");
  expect(await next({ "last-event-id": last })).toBe("beat");
});

it("completes what is typed, by what the person may use", async () => {
  const complete = async (visitor: Visitor, line: string) =>
    JSON.parse((await visitor.post("/api/complete", { line })).text) as { from: number; items: { value: string }[] };
  const values = async (visitor: Visitor, line: string) =>
    (await complete(visitor, line)).items.map(({ value }) => value);
  const [alice, carol] = [await signedIn("U0ALICE"), await signedIn("U0CAROL")];
  expect(await values(alice, "/cluster de")).toEqual(["/cluster destroy "]);
  expect(await values(carol, "/cluster de")).toEqual([]);
  expect(await values(alice, "cluster li")).toEqual(["/cluster list"]);
  expect(await complete(alice, "/cluster build ")).toMatchObject({ from: 15, items: [{ value: "demo " }] });
  expect(await values(alice, "/cluster build name=d")).toEqual(["name=demo "]);
  expect(await values(alice, "/cluster build demo ")).toEqual([]);
  expect(await values(alice, "/inspect failover demo ")).toContain("db ");
  expect(await values(alice, '/lock "de')).toEqual([]);
});

it("answers commands in place", async () => {
  const carol = await signedIn("U0CAROL");
  const outcome: Outcome = await carol.submit("/cluster list");
  expect(outcome).toMatchObject({
    kind: "answer",
    card: { title: "/cluster list", table: { columns: ["cluster", "exists"] } },
  });
  expect(await carol.post("/api/submit", { text: "/nonsense" })).toMatchObject({
    status: 400,
    text: expect.stringContaining("There is no command /nonsense"),
  });
});

it("lets people say that they have seen a notice, where they may", async () => {
  const [alice, carol, dave] = [await signedIn("U0ALICE"), await signedIn("U0CAROL"), await signedIn("U0DAVE")];
  await alice.submit("/cluster build nowhere");
  const [notice] = (await carol.until(({ notices }) => notices.length > 0)).notices;
  if (notice === undefined) throw new Error("there is no notice");
  expect(notice.card.title).toContain("nowhere");
  const acknowledge = notice.card.actions.find(({ label }) => label === "Acknowledge")?.id ?? "";
  const press = (visitor: Visitor, on: string) => visitor.post("/api/press", { id: acknowledge, on, filled: {} });
  expect(await press(dave, notice.id)).toMatchObject({ status: 403 });
  expect(await press(carol, "another")).toMatchObject({ status: 400 });
  expect(await press(carol, notice.id)).toMatchObject({ status: 200 });
  expect(await press(alice, notice.id)).toMatchObject({ status: 400 });
  await alice.until(({ notices }) => notices.length === 0);
});
