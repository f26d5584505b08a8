import { expect, test } from "vitest";
import type { StepView } from "../../src/core/journal.ts";
import { interruptedAs, leftAs } from "../../src/core/left.ts";

function step(name: string, state: StepView["state"], changed = 0): StepView {
  const title = name.replace(/^./, (letter) => letter.toUpperCase());
  const rest = {
    node: null,
    asks: false,
    sentence: "",
    failure: null,
    startedAt: "2026-01-01T00:00:00Z",
    seconds: null,
  };
  return { name, title, state, changed, ...rest };
}
const run = (...steps: StepView[]) => ({
  steps,
  changed: steps.reduce((sum, { changed }) => sum + changed, 0),
  risk: "reversible" as const,
});

test("what cannot go on says what it did, what may be half done, and when nothing was", () => {
  const asked = [step("plan 1", "done"), step("approval 1", "running")];
  expect(interruptedAs(run())).toBe("Nothing was changed.");
  expect(interruptedAs(run(...asked))).toBe("Nothing was changed.");
  expect(interruptedAs({ ...run(step("look", "running")), risk: "read" })).toBe("Nothing was changed.");
  expect(interruptedAs(run(step("create db1", "running")))).toBe(
    "No change was completed; “Create db1” was under way and may be half done.",
  );
  expect(interruptedAs(run(step("create db1", "done", 1), step("note", "done")))).toBe(
    "1 change of “Create db1” stays as made.",
  );
  expect(
    interruptedAs(run(step("create db1", "done", 2), step("base db1", "running"), step("base db2", "running"))),
  ).toBe("2 changes of “Create db1” stay as made; “Base db1” and “Base db2” were under way and may be half done.");
});

test("of many steps a few are named", () => {
  const many = (count: number) => run(...Array.from({ length: count }, (_, at) => step(`s${at + 1}`, "done", 1)));
  expect(leftAs(many(6))).toContain("6 changes of “S1”, “S2”, “S3”, “S4”, “S5”, and “S6” stay");
  expect(leftAs(many(9))).toContain("9 changes of “S1”, “S2”, “S3”, “S4”, “S5”, and 4 more steps stay");
});
