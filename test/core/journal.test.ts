import { expect, test } from "vitest";
import type { Approval } from "../../src/core/approval.ts";
import { isFinished, project, type RunEvent, type RunFact, type RunView } from "../../src/core/journal.ts";
import { describeWaiting } from "../../src/core/lock.ts";
import { planHash, type Plan } from "../../src/core/plan.ts";
import { runCard } from "../../src/core/run-card.ts";

const queued: RunFact = {
  kind: "run.queued",
  playbook: "build",
  version: 1,
  cluster: "demo",
  input: { cluster: "demo" },
  risk: "reversible",
  actor: "alice",
  usual: { run: 240, steps: {} },
};
const events = (facts: readonly RunFact[]): RunEvent[] =>
  facts.map((fact, at) => ({ ...fact, runId: "r", seq: at + 1, at: new Date(at * 1000).toISOString() }));
const view = (...facts: RunFact[]): RunView => {
  const last = events(facts).reduce<RunView | undefined>(project, undefined);
  if (last === undefined) throw new Error("no events");
  return last;
};
const start = (name: string): RunFact => ({ kind: "step.started", name, title: `Do ${name}`, node: "db1" });

test("a step shows what it said last, then how it ended", () => {
  const said = [queued, { kind: "run.started", resumed: false }, start("a")] as const;
  const running = view(...said, { kind: "step.said", name: "a", sentence: "Half." });
  expect(running.steps).toMatchObject([
    { title: "Do a", node: "db1", state: "running", sentence: "Half.", seconds: null },
  ]);
  expect(isFinished(running)).toBe(false);
  const done = view(...said, { kind: "step.finished", name: "a", sentence: "All.", changed: 2, seconds: 3 });
  expect(done).toMatchObject({
    state: "running",
    changed: 2,
    steps: [{ state: "done", sentence: "All.", seconds: 3 }],
  });
});

test("a step that is started again after a crash keeps its place and begins anew", () => {
  const again = view(
    queued,
    { kind: "run.started", resumed: false },
    start("a"),
    { kind: "step.said", name: "a", sentence: "Half." },
    start("b"),
    { kind: "run.started", resumed: true },
    start("a"),
  );
  expect(again.resumed).toBe(1);
  expect(again.steps.map(({ name, state, sentence }) => [name, state, sentence])).toEqual([
    ["a", "running", ""],
    ["b", "running", ""],
  ]);
});

test("what a run asks is still asked after an interruption", () => {
  const approval = { id: "r:1", requester: "alice" } as Approval;
  const asked: readonly RunFact[] = [
    queued,
    { kind: "run.started", resumed: false },
    { kind: "approval.requested", approval },
    { kind: "run.started", resumed: true },
  ];
  expect(view(...asked)).toMatchObject({ state: "waiting", resumed: 1 });
  const decided = { kind: "approval.decided", id: "r:1", verdict: "approved", actor: "bob" } as const;
  expect(view(...asked, decided, { kind: "run.started", resumed: true })).toMatchObject({
    state: "running",
    resumed: 2,
  });
});

test("a failure is shown on its step and on the run", () => {
  const failure = { code: "not_converged", message: "It did not.", node: "db1" };
  const failed = view(
    queued,
    start("a"),
    { kind: "step.failed", name: "a", failure, seconds: 1 },
    { kind: "run.finished", outcome: "failed", result: null, failure, changed: 0, seconds: 1 },
  );
  expect(failed).toMatchObject({
    state: "failed",
    failure,
    steps: [{ state: "failed", sentence: "It did not.", failure }],
  });
  expect(isFinished(failed)).toBe(true);
});

test("a run that waits shows its place in line until it begins, and how it was stopped until it ends", () => {
  const behind = { id: "q", playbook: "build", cluster: "demo", actor: "bob", since: "2026-01-01T14:03:00Z" };
  const waits = (position: number): RunFact => ({ kind: "run.waiting", position, behind: { ...behind, kind: "run" } });
  const waiting = view(queued, waits(3), waits(2));
  expect(waiting).toMatchObject({ state: "queued", waits: { position: 2 }, resumes: null });
  expect(runCard(waiting)).toMatchObject({
    state: "waiting",
    verdict: "waiting: 2nd in line behind /cluster build demo, started by bob at 2026-01-01 14:03 UTC",
  });
  const running = view(
    queued,
    waits(1),
    { kind: "run.started", resumed: false },
    { kind: "run.stopping", actor: "bob" },
  );
  expect(running).toMatchObject({ state: "running", waits: null, stoppedBy: "bob" });
  expect(runCard(running).verdict).toBe("Cancelled by bob: it stops at the next safe point.");
});

test.each([
  [1, "1st in line"],
  [3, "3rd in line"],
  [11, "about 11th in line"],
  [102, "about 102nd in line"],
])("place %d is called %s", (position, text) => {
  const lock = { cluster: null, actor: "bob", reason: "new\ndisk", since: "2026-01-01T14:03:00Z" };
  expect(describeWaiting({ position, behind: { kind: "lock", ...lock } })).toBe(
    `${text}. All changes are frozen by bob since 2026-01-01 14:03 UTC: new disk`,
  );
});

test("an event told twice changes nothing", () => {
  const line = events([queued, start("a"), { kind: "step.finished", name: "a", sentence: "", changed: 2, seconds: 1 }]);
  const once = line.reduce<RunView | undefined>(project, undefined);
  expect([...line, ...line].reduce<RunView | undefined>(project, undefined)).toEqual(once);
});

test("a plan's hash covers what is promised, not how it is worded", async () => {
  const plan: Plan = {
    playbook: "build",
    version: 1,
    cluster: "demo",
    input: { a: 1, b: 2 },
    risk: "reversible",
    summary: "One.",
    creates: [],
    changes: [],
    deletes: [],
    monthlyUsd: 5,
    usualSeconds: null,
    fingerprint: "f",
  };
  const hash = await planHash(plan);
  expect(await planHash({ ...plan, summary: "Two.", usualSeconds: 3, input: { b: 2, a: 1 } })).toBe(hash);
  const others: Partial<Plan>[] = [
    { fingerprint: "g" },
    { monthlyUsd: 6 },
    { version: 2 },
    { risk: "outage" },
    { input: {} },
  ];
  for (const other of others) expect(await planHash({ ...plan, ...other })).not.toBe(hash);
});
