import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ClusterName } from "../../src/core/cluster.ts";
import { answer, clusterOptions, command } from "../../src/core/command.ts";
import { freeText } from "../../src/core/option.ts";
import { findCommand, readInput, usage, words } from "../../src/core/typed.ts";

const scale = command({
  name: "cluster scale",
  summary: "Change the number of web servers",
  access: "operator",
  input: z.object({ name: z.string(), count: z.coerce.number().int().min(2), reason: z.string().optional() }),
  run: () => Promise.resolve(answer({ ok: true, verdict: "" })),
});
const list = command({
  name: "cluster list",
  summary: "List clusters",
  access: "viewer",
  input: z.object({}),
  run: () => Promise.resolve(answer({ ok: true, verdict: "" })),
});
const lock = command({
  ...list,
  name: "lock",
  input: z.object({ cluster: z.string(), reason: freeText }),
  run: () => Promise.resolve(answer({ ok: true, verdict: "" })),
});
const all = [scale, list, lock];
const parse = (text: string) => readInput(findCommand(text, all, all));

describe("words", () => {
  it.each([
    ["a b  c", ["a", "b", "c"]],
    ['a "b c" d', ["a", "b c", "d"]],
    ["a 'b \"c' d", ["a", 'b "c', "d"]],
    ["", []],
    ["  ", []],
    ['"a \\" b"', ['a " b']],
    ["$(reboot) `id`", ["$(reboot)", "`id`"]],
  ])("%s", (text, expected) => expect(words(text)).toEqual(expected));

  it("refuses a quote that is not closed", () => expect(() => words('a "b')).toThrow("not closed"));
});

describe("reading a command", () => {
  it("fills options in their order", () => {
    expect(parse("/cluster scale prod 4")).toEqual({ name: "prod", count: 4 });
  });
  it.each(["/cluster scale --name prod --count 4", "/cluster scale count=4 prod", "cluster scale name=prod count=4"])(
    "takes named options: %s",
    (text) => expect(parse(text)).toEqual({ name: "prod", count: 4 }),
  );
  it.each([
    ["/cluster scale prod 1", "count"],
    ["/cluster scale prod", "count"],
    ["/cluster scale prod 4 because 5", "one word too many"],
    ["/cluster scale prod size=4", "no option “size”"],
    ["/cluster scale prod name=prod", "given twice"],
    ["/cluster scale prod --count", "needs a value"],
  ])("explains what is wrong with %s", (text, problem) => expect(() => parse(text)).toThrow(problem));
  it.each([
    ["/lock prod new disk", "new disk"],
    ["/lock   prod   new   disk  ", "new   disk"],
    ["/lock prod it isn't 'ready", "it isn't 'ready"],
    ["/lock prod disk=full on db1", "disk=full on db1"],
    ["/lock prod --force cluster=x", "--force cluster=x"],
    ["/lock prod reason=new disk", "new disk"],
    ["/lock --reason new disk", undefined],
    ["/lock reason=new disk", undefined],
    ["/lock cluster=prod --reason new disk", "new disk"],
    ["/lock prod", undefined],
  ])("lets free text take the rest of the line: %s", (text, reason) => {
    if (reason === undefined) expect(() => parse(text)).toThrow(/cluster|reason/);
    else expect(parse(text)).toEqual({ cluster: "prod", reason });
  });
  it("guesses what was meant", () => expect(() => parse("/cluster lsit")).toThrow("Did you mean /cluster list?"));
  it("suggests only what may be suggested", () =>
    expect(() => findCommand("/cluster lsit", [scale, list], [scale])).toThrow(/no command \/cluster lsit\.$/));
  it("does not guess wildly", () => expect(() => parse("/frobnicate")).toThrow(/no command \/frobnicate\.$/));
});

it("shows optional options in brackets", () => {
  expect(usage(scale)).toBe("/cluster scale NAME COUNT [reason]");
  expect(usage(lock)).toBe("/lock CLUSTER REASON…");
  expect(usage({ ...lock, input: z.object({ reason: freeText.optional() }) })).toBe("/lock [reason…]");
});

it("knows which options name a cluster", () => {
  const input = z.object({
    name: ClusterName,
    with: ClusterName.optional(),
    or: ClusterName.default("demo" as ClusterName),
    note: z.string(),
  });
  const compare = command({ ...list, input, run: () => Promise.resolve(answer({ ok: true, verdict: "" })) });
  expect(clusterOptions(compare)).toEqual(["name", "with", "or"]);
});
