import { expect, test } from "vitest";
import { describeFailure, OpsError, toFailure } from "../../src/core/errors.ts";

test("a failure carries what was said and nothing that was not", () => {
  const parts = {
    code: "c",
    message: "It broke.",
    node: "web1",
    hint: "Mend it.",
    state: "Half done.",
    output: "tail",
  };
  expect(toFailure(new OpsError({ ...parts, cause: new Error("inner") }))).toEqual(parts);
  expect(toFailure(new OpsError({ code: "c", message: "It broke." }))).toEqual({ code: "c", message: "It broke." });
});

test("cancelling is no fault; anything unknown is Nonet's own, with its stack", () => {
  expect(toFailure(new DOMException("stop", "AbortError"))).toMatchObject({ code: "cancelled" });
  const internal = toFailure(new TypeError("x is undefined"));
  expect(internal).toMatchObject({ code: "internal", message: "Nonet itself failed: x is undefined" });
  expect(internal.output).toContain("errors.test.ts");
  expect(toFailure("text")).toMatchObject({ code: "internal", message: "Nonet itself failed: text" });
});

test("is described as where, what, state, and what to do", () => {
  const failure = { code: "c", node: "web1", message: "It broke.", state: "Half done.", hint: "Mend it.", output: "x" };
  expect(describeFailure(failure)).toBe("web1: It broke. Half done. Mend it.");
  expect(describeFailure({ code: "c", message: "It broke." })).toBe("It broke.");
});
