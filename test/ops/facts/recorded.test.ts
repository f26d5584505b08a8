import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OpsError } from "../../../src/core/errors.ts";
import { mutation } from "../../fixtures/mutations.ts";
import { framed, recordedCluster, recordings, toldBy } from "../../fixtures/recorded.ts";

const all = recordings(recordedCluster());

describe.each(all.map((one) => [`${one.scene} ${one.node.name} ${one.kind}`, one] as const))("%s", (_, one) => {
  it("is read", () => expect(one.fact.parse(one.output)).toMatchSnapshot());

  it("is never read as something else when it is cut off", () => {
    const whole = one.fact.parse(one.output);
    const step = Math.max(1, Math.floor(one.output.length / 500));
    for (let end = 0; end < one.output.length; end += step) {
      const value = tried(() => one.fact.parse(one.output.slice(0, end)));
      if (value !== undefined) expect(value).toEqual(whole);
    }
  });
});

function tried(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(OpsError);
    return undefined;
  }
}

it("whatever comes back, each fact is either told or said to be unknown", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...all),
      mutation,
      mutation,
      fc.constantFrom(0, 1, 124, 137, 153),
      (one, a, b, status) => {
        const [told] = toldBy([one.fact], b(framed([a(one.output)], [status])));
        if (told.known) expect(status).toBe(0);
        else expect(told.why).not.toMatch(/undefined|\n/);
      },
    ),
    { numRuns: 10_000, seed: 5 },
  );
});
