import { expect, test } from "vitest";
import { z } from "zod";
import { desire, diffFields, operation, same, type Change } from "../../src/core/operation.ts";
import { Secret } from "../../src/core/secret.ts";
import { sh } from "../../src/core/shell.ts";

test.each<{ name: string; have: object | undefined; want: object; changes: Change[] }>([
  { name: "nothing there", have: undefined, want: { a: "x" }, changes: [{ field: "a", have: null, want: "x" }] },
  { name: "all well", have: { a: "x", b: [1, { c: true }] }, want: { a: "x", b: [1, { c: true }] }, changes: [] },
  { name: "only fields that are wanted count", have: { a: 1, other: 2 }, want: { a: 1 }, changes: [] },
  {
    name: "in words",
    have: { on: true, list: ["a"], n: 1, text: "x\ny" },
    want: { on: false, list: ["b"], n: 2, text: "x\nz" },
    changes: [
      { field: "on", have: "yes", want: "no" },
      { field: "list", have: '["a"]', want: '["b"]' },
      { field: "n", have: "1", want: "2" },
      { field: "text", have: "x\ny", want: "x\nz" },
    ],
  },
  { name: "a field appears", have: { a: 1 }, want: { a: 1, b: "" }, changes: [{ field: "b", have: null, want: "" }] },
  {
    name: "secrets differ, unseen",
    have: { password: new Secret("old-password") },
    want: { password: new Secret("new-password") },
    changes: [{ field: "password", have: "••••", want: "••••" }],
  },
  { name: "equal secrets", have: { p: new Secret("same") }, want: { p: new Secret("same") }, changes: [] },
  { name: "read as text, wanted as secret", have: { p: "same" }, want: { p: new Secret("same") }, changes: [] },
])("difference: $name", ({ have, want, changes }) => {
  expect(diffFields(have, want)).toEqual(changes);
});

test("plain data is equal by value; order in lists counts, order of fields does not", () => {
  expect(same({ a: 1, b: { c: [null] } }, { b: { c: [null] }, a: 1 })).toBe(true);
  expect(same([1, 2], [2, 1])).toBe(false);
  expect(same([1], [1, undefined])).toBe(false);
  expect(same({ a: undefined }, {})).toBe(true);
  expect(same([], {})).toBe(false);
  expect(same(null, {})).toBe(false);
  expect(same(1, "1")).toBe(false);
});

const port = operation({
  name: "port",
  state: z.object({ number: z.number().int().min(1).max(65_535), name: z.string().default("none") }),
  key: ({ number }) => String(number),
  read: () => sh`true`,
  parse: () => [],
  apply: () => [],
});

test("a desire is checked, completed by the schema's defaults, and knows its key", () => {
  const item = desire(port, { number: 80, name: "http" });
  expect(item).toMatchObject({ want: { number: 80, name: "http" }, key: "80" });
  expect(() => desire(port, { number: 0, name: "x" })).toThrow(z.ZodError);
});

test("an operation compares field by field unless it knows better", () => {
  expect(port.diff(undefined, { number: 1, name: "a" })).toHaveLength(2);
  const never = operation({ ...port, diff: () => [] });
  expect(never.diff(undefined, { number: 1, name: "a" })).toEqual([]);
});
