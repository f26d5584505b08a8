import fc from "fast-check";
import { expect, it } from "vitest";
import { lineDiff } from "../../src/core/line-diff.ts";

const words = (before: string, after: string) =>
  lineDiff(before.split(""), after.split("")).map(({ sign, line }) => sign + line);

it.each([
  ["abc", "abc", []],
  ["abc", "abxc", ["+x"]],
  ["abc", "ac", ["-b"]],
  ["abc", "axc", ["-b", "+x"]],
  ["abc", "bca", ["~a"]],
  ["", "ab", ["+a", "+b"]],
] as const)("%s to %s", (before, after, expected) => expect(words(before, after)).toEqual(expected));

it("is empty only for equal lists", () => {
  const list = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      expect(lineDiff(a, b).length === 0).toBe(a.join() === b.join());
    }),
    { numRuns: 2000 },
  );
});

it("does not compare a million lines with a million lines", () => {
  const many = Array.from({ length: 3000 }, (_, at) => `${at}`);
  expect(lineDiff(many, [...many.slice(1), "new"])).toEqual([
    { sign: "-", line: "0" },
    { sign: "+", line: "new" },
  ]);
});
