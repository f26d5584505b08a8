import { expect, it } from "vitest";
import { planDiff, planDiffLines } from "../../src/core/plan-diff.ts";
import type { Plan } from "../../src/core/plan.ts";

const node = { node: "db1", label: "demo-db1", region: "us-ord", type: "g6-nanode-1", monthlyUsd: 5 };
const change = {
  node: "web1",
  operation: "file",
  key: "/etc/motd",
  changes: [{ field: "content", have: null, want: "hello" }],
};
const plan: Plan = {
  playbook: "build",
  version: 1,
  cluster: "demo",
  input: {},
  risk: "reversible",
  summary: "One.",
  creates: [node],
  changes: [change],
  deletes: [{ node: "old1", label: "demo-old1", id: 7, monthlyUsd: null }],
  monthlyUsd: 5,
  usualSeconds: null,
  fingerprint: "f",
};
const lines = (after: Partial<Plan>) => planDiffLines(planDiff(plan, { ...plan, ...after }));

it("says what would be done as well, no longer, and otherwise", () => {
  expect(
    lines({
      creates: [
        { ...node, type: "g6-standard-2", monthlyUsd: 24 },
        { ...node, node: "db2", label: "demo-db2" },
      ],
      changes: [{ ...change, changes: [{ field: "content", have: "hi", want: "hello" }] }],
      deletes: [],
      monthlyUsd: 29,
    }),
  ).toEqual([
    "+ create db2 (demo-db2)",
    "~ create db1 (demo-db1): was g6-nanode-1, us-ord, $5.00 a month; is now g6-standard-2, us-ord, $24.00 a month",
    "~ change file /etc/motd on web1: was content nothing → hello; is now content hi → hello",
    "- delete old1 (demo-old1)",
    "~ price: was $5.00 a month; is now $29.00 a month",
  ]);
});

it("names another machine of the same name", () => {
  expect(lines({ deletes: [{ node: "old1", label: "demo-old1", id: 8, monthlyUsd: null }] })).toEqual([
    "~ delete old1 (demo-old1): was machine 7; is now machine 8",
  ]);
});

it("takes order and wording for no difference, and says so", () => {
  const same = ["The same would be done, but what it was decided from has changed."];
  expect(lines({ creates: [{ ...node }], summary: "Other words.", fingerprint: "g" })).toEqual(same);
});
