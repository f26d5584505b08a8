import { expect, it } from "vitest";
import { project, type RunEvent, type RunFact, type RunView } from "../../src/core/journal.ts";
import { runCard } from "../../src/core/run-card.ts";

/** The run after these facts, one second apart. */
function after(...facts: RunFact[]): RunView {
  const start = Date.parse("2026-11-25T12:00:00Z");
  const events = facts.map((fact, at): RunEvent => ({
    ...fact,
    runId: "1",
    seq: at + 1,
    at: new Date(start + at * 1000).toISOString(),
  }));
  const view = events.reduce<RunView | undefined>(project, undefined);
  if (view === undefined) throw new Error("nothing happened");
  return view;
}

const queued: RunFact = {
  kind: "run.queued",
  playbook: "build",
  version: 1,
  cluster: "demo",
  input: {},
  risk: "reversible",
  actor: "alice",
  usual: { run: null, steps: {} },
};
const started: RunFact = { kind: "run.started", resumed: false };
const begin = (name: string, more: object = {}): RunFact => ({ kind: "step.started", name, title: name, ...more });
const end = (name: string, seconds: number): RunFact => ({
  kind: "step.finished",
  name,
  sentence: "",
  changed: 0,
  seconds,
});
const finished = (outcome: "done" | "cancelled"): RunFact => ({
  kind: "run.finished",
  outcome,
  result: outcome === "done" ? { ok: true, verdict: "all is well" } : null,
  failure: null,
  changed: 0,
  seconds: 5,
});

const work = [queued, started, begin("approval 1", { asks: true }), end("approval 1", 1), begin("a", { node: "db1" })];
const at = (second: number) => Date.parse("2026-11-25T12:00:00Z") + second * 1000;

it("a change that has ended shows what it did, by node and time", () => {
  const { picture } = runCard(after(...work, end("a", 1), finished("done")));
  expect(picture).toEqual({
    kind: "timeline",
    title: "/cluster build demo",
    from: at(2),
    to: at(6),
    steps: [
      { title: "approval 1", node: null, state: "asked", from: at(2), to: at(3) },
      { title: "a", node: "db1", state: "done", from: at(4), to: at(5) },
    ],
  });
});

it("what was under way when it ended is open until then", () => {
  const { picture } = runCard(after(...work, finished("cancelled")));
  expect(picture).toMatchObject({ to: at(5), steps: [{}, { state: "open", from: at(4), to: at(5) }] });
});

it("draws nothing while it goes on, of a look, and of a single step", () => {
  expect(runCard(after(...work, end("a", 1))).picture).toBeNull();
  expect(runCard(after({ ...queued, risk: "read" }, started, ...work.slice(2), finished("done"))).picture).toBeNull();
  expect(runCard(after(queued, started, begin("a"), end("a", 1), finished("done"))).picture).toBeNull();
});

it("shows what a playbook drew in the place of its steps", () => {
  const drawing = { kind: "timeline", title: "mine", from: 0, to: 1, steps: [] } as const;
  const result = { ok: true, verdict: "all is well", drawing };
  const view = after({ ...queued, risk: "read" }, started, {
    kind: "run.finished",
    outcome: "done",
    result,
    failure: null,
    changed: 0,
    seconds: 1,
  });
  expect(runCard(view).picture).toEqual(drawing);
});
