import { expect, it } from "vitest";
import { homeView } from "../../../src/chat/slack/home.ts";
import { actionModal, answerModal, commandModal, filledFrom } from "../../../src/chat/slack/modal.ts";
import type { CardAction } from "../../../src/core/action.ts";
import { project } from "../../../src/core/journal.ts";
import type { Option } from "../../../src/core/option.ts";
import { wrongInView } from "../../fakes/slack/blocks/check.ts";
import { cards } from "../cards.ts";
import { hugeCards } from "../hostile.ts";
import { textsIn } from "./judge.ts";

const approve: CardAction = {
  id: "approve:1f6f2f0c:00",
  label: "Approve a plan with a very long name",
  style: "primary",
  fields: [
    { name: "typed", label: "Type prod to approve", hint: "The name of the cluster", required: true },
    { name: "code", label: "One-time code", hint: "", required: false },
  ],
};

const option = (name: string, parts: Partial<Option>): Option => ({
  name,
  description: `the ${name}`,
  required: true,
  kind: "text",
  choices: null,
  min: null,
  max: null,
  maxLength: null,
  about: null,
  ...parts,
});

it("asks for what a button needs", () => {
  const modal = actionModal(approve, "m1");
  expect(wrongInView({ ...modal }, "modal", "Nonet")).toEqual([]);
  expect(modal).toMatchObject({
    callback_id: "action",
    private_metadata: "m1",
    title: { text: "Approve a plan with a v…" },
    blocks: [
      { block_id: "typed", optional: false, label: { text: "Type prod to approve" } },
      { block_id: "code", optional: true, element: { type: "plain_text_input", max_length: 10 } },
    ],
  });
});

it("asks for the options of a command, each in its own way", () => {
  const options = [
    option("cluster", { about: "cluster" }),
    option("role", { choices: ["web", "db"] }),
    option("count", { kind: "integer", min: 1, max: 9, required: false }),
    option("force", { kind: "boolean", required: false }),
    option("reason", { about: "prose", maxLength: 500 }),
    option("other", { choices: ["x".repeat(80)] }),
  ];
  const form = { command: "cluster scale", summary: "Change how many there are", options };
  const modal = commandModal(form, { cluster: [{ value: "prod", label: "prod (9 nodes)" }] }, "");
  expect(wrongInView({ ...modal }, "modal", "Nonet")).toEqual([]);
  expect(modal.blocks.slice(1)).toMatchObject([
    { element: { type: "static_select", options: [{ value: "prod", text: { text: "prod (9 nodes)" } }] } },
    { element: { type: "static_select", options: [{ value: "web" }, { value: "db" }] } },
    { element: { type: "number_input", min_value: "1", max_value: "9", is_decimal_allowed: false }, optional: true },
    { element: { type: "radio_buttons", options: [{ value: "true" }, { value: "false" }] } },
    { element: { type: "plain_text_input", multiline: true, max_length: 500 } },
    { element: { type: "plain_text_input" } },
  ]);
});

it("reads what was filled in", () => {
  const values = {
    cluster: { cluster: { type: "static_select", selected_option: { value: "prod", text: {} } } },
    role: { role: { type: "static_select", selected_option: null } },
    count: { count: { type: "number_input", value: "3" } },
    reason: { reason: { type: "plain_text_input", value: "  why not\n" } },
    code: { code: { type: "plain_text_input", value: null } },
  };
  expect(filledFrom({ values })).toEqual({ cluster: "prod", count: "3", reason: "why not" });
  expect(() => filledFrom({ values: { code: { code: "text" } } })).toThrow("expected object");
});

it("shows a whole plan that has no room in its card", () => {
  const diff = Array.from({ length: 900 }, (_, index) => `- machine number ${index}`);
  const modal = answerModal({ ...cards.asked, diff }, cards.now);
  expect(wrongInView({ ...modal }, "modal", "Nonet")).toEqual([]);
  expect(textsIn(modal.blocks).join("\n")).toContain(diff.join("\n"));
  expect(JSON.stringify(modal)).not.toContain("This is not all");
});

it("stays within the limits of forms with whatever is in them", () => {
  for (const title of hugeCards().map((card) => card.title.slice(0, 20_000))) {
    const field = { name: "typed", label: title, hint: title, required: true } as const;
    const options = Array.from({ length: 120 }, (_, index) => option(`o${index}`, { description: title }));
    const suggestions = { o1: Array.from({ length: 200 }, () => ({ value: title, label: title })) };
    for (const modal of [
      actionModal({ ...approve, label: title, fields: [field] }, ""),
      commandModal({ command: title, summary: title, options }, suggestions, ""),
    ]) {
      expect(wrongInView({ ...modal }, "modal", "Nonet")).toEqual([]);
    }
    const lock = { cluster: title, actor: title, reason: title, since: "2026-01-01T00:00:00Z" };
    const many = Array.from({ length: 100 }, () => lock);
    const home = homeView({ clusters: many.map(({ cluster }) => cluster), runs: [], locks: many }, cards.now);
    expect(wrongInView({ ...home }, "home", "Nonet")).toEqual([]);
  }
});

it("shows at home what is going on, and that nothing is", () => {
  const lock = { cluster: "prod", actor: "bob", reason: "<!channel> disk", since: "2026-01-01T10:00:00Z" };
  expect(textsIn(homeView({ clusters: ["demo", "prod"], runs: [], locks: [lock] }, 0).blocks)).toEqual([
    ...["Waiting for an answer", "Nobody is asked anything.", "Running", "Nothing runs."],
    ...["Locks", "prod is locked by bob since 2026-01-01 10:00 UTC: <!channel> disk"],
    ...["Clusters", "demo\n", "prod", "as of 1970-01-01 00:00 UTC"],
  ]);
});

it("shows at home who is asked what, and what a run is at", () => {
  const at = "2026-01-01T10:00:00.000Z";
  const of = { runId: "1f6f2f0c-1111-4222-8333-444444444444", at };
  const queued = {
    ...of,
    kind: "run.queued",
    seq: 1,
    playbook: "build",
    version: 1,
    cluster: "prod",
    input: {},
  } as const;
  const run = [
    { ...of, kind: "run.started", seq: 2, resumed: false } as const,
    { ...of, kind: "step.started", seq: 3, name: "boot", title: "Boot <!here>", node: "db1" } as const,
  ].reduce(
    project,
    project(undefined, { ...queued, risk: "outage", actor: "alice", usual: { run: null, steps: { boot: 48 } } }),
  );
  const board = { clusters: [], runs: [run, { ...run, state: "waiting" } as const], locks: [] };
  const shown = textsIn(homeView(board, Date.parse(at) + 43_000).blocks);
  const rest = " · 1f6f2f0c, started by alice · step 1 · Boot <!here> · 43 s, usually 48 s";
  expect(shown.slice(1, 3)).toEqual(["? /cluster build prod", rest]);
  expect(shown.slice(4, 6)).toEqual(["▸ /cluster build prod", rest]);
});
