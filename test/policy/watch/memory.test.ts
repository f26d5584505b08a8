import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reaches, type Severity } from "../../../src/core/notice.ts";
import type { Concern } from "../../../src/policy/watch/concern.ts";
import { advance, calmMs, flapMs, openIn, type Memory, type Telling } from "../../../src/policy/watch/memory.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const minute = 60_000;
const lag = (parts: Partial<Concern> = {}): Concern => ({
  ...{ key: "lag db2", severity: "warning", title: "db2 lags behind", text: "It is late.", facts: [], next: null },
  ...parts,
});

/** One look: what is seen, what cannot be, and what holds it back. */
interface Step {
  readonly seconds: number;
  readonly sight: "there" | "gone" | "unknown";
  readonly severity: Severity;
  readonly explained: boolean;
  readonly muted: boolean;
}
const usual: Step = { seconds: 5, sight: "there", severity: "warning", explained: false, muted: false };

/** What each look tells. */
function play(
  steps: readonly Partial<Step>[],
  looks = 1,
): { readonly at: number; readonly step: Step; readonly told: readonly Telling[]; readonly memory: Memory }[] {
  let [memory, at]: [Memory, number] = [{}, start];
  return steps.map((one) => {
    const step = { ...usual, ...one };
    at += step.seconds * 1000;
    const { sight, severity, explained, muted } = step;
    const judged = {
      concerns: sight === "there" ? [lag({ looks, severity })] : [],
      unknown: sight === "unknown" ? ["lag"] : [],
    };
    const next = advance(memory, judged, { now: at, explained, muted: () => muted });
    memory = next.memory;
    return { at, step, told: next.tellings, memory };
  });
}
const kinds = (steps: readonly Partial<Step>[], looks?: number) =>
  play(steps, looks).map(({ told }) => told.map(({ kind }) => kind).join());
const gone = { sight: "gone" } as const;
const unknown = { sight: "unknown" } as const;

describe("a concern", () => {
  it("is told once, and that it is over, with since when", () => {
    const looks = play([{}, {}, {}, gone, gone]);
    expect(looks.map(({ told }) => told.length)).toEqual([1, 0, 0, 1, 0]);
    expect(looks[3]?.told[0]).toMatchObject({ kind: "resolve", since: start + 5000, until: start + 20_000 });
    expect(openIn(looks[4]?.memory ?? {})).toEqual([]);
  });
  it("that one look can invent takes two in a row, and two without it to be over", () => {
    expect(kinds([{}, gone, {}, {}, gone, {}, gone, gone], 2)).toEqual(["", "", "", "raise", "", "", "", "resolve"]);
  });
  it("is neither raised nor resolved while nobody knows", () => {
    expect(kinds([unknown, {}, unknown, gone, unknown, unknown, gone])).toEqual([
      "",
      "raise",
      "",
      "resolve",
      "",
      "",
      "",
    ]);
    expect(kinds([{}, unknown, {}], 2)).toEqual(["", "", "raise"]);
  });
  it("is told again when it gets worse, and not when it gets better", () => {
    expect(kinds([{}, { severity: "critical" }, {}, { severity: "critical" }])).toEqual(["raise", "raise", "", ""]);
  });
  it("that a run explains is told after the run, if it is still there, with when it began", () => {
    const run = { explained: true };
    expect(kinds([run, { ...run, ...gone }, gone])).toEqual(["", "", ""]);
    const looks = play([run, run, {}]);
    expect(looks.map(({ told }) => told.length)).toEqual([0, 0, 1]);
    expect(looks[2]?.told).toMatchObject([{ kind: "raise", since: start + 5000 }]);
    expect(kinds([{ ...run, sight: "there" }, {}, {}], 2)).toEqual(["", "", "raise"]);
  });
  it("that no run explains is told at once", () => {
    const judged = { concerns: [lag({ always: true })], unknown: [] };
    expect(advance({}, judged, { now: start, explained: true, muted: () => false }).tellings).toHaveLength(1);
  });
  it("that is muted is told when the mute ends, if it is still there", () => {
    expect(kinds([{ muted: true }, { muted: true }, {}, {}])).toEqual(["", "", "raise", ""]);
    expect(kinds([{ muted: true }, { muted: true, ...gone }, gone])).toEqual(["", "", ""]);
    expect(kinds([{}, { muted: true }, { muted: true, ...gone }])).toEqual(["raise", "", "resolve"]);
  });
  it("that comes and goes is told once as that, and then when it has been calm", () => {
    const flapping = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? {} : gone));
    const looks = play([...flapping, { ...gone, seconds: calmMs / 1000 }, gone]);
    const told = looks.flatMap((look) => look.told);
    expect(told.map(({ kind }) => kind)).toEqual(["raise", "resolve", "raise", "resolve", "raise", "resolve"]);
    expect(told[4]).toMatchObject({
      concern: { title: "db2 lags behind, and flaps: 3 times in 1 min" },
      since: start + 5000,
    });
    expect(told[5]).toMatchObject({ since: start + 5000, until: start + 200_000 });
    expect(looks.at(-1)?.memory).toEqual({});
  });
  it("that flapped and stays says so in its own words", () => {
    const looks = play([{}, gone, {}, gone, {}, { seconds: calmMs / 1000 }, {}]);
    expect(looks.map(({ told }) => told.length)).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(looks[5]?.told[0]).toMatchObject({ kind: "raise", concern: { title: "db2 lags behind" } });
  });
});

const steps = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: 400 }),
    sight: fc.constantFrom("there", "gone", "unknown"),
    severity: fc.constantFrom<Severity>("info", "warning", "critical"),
    explained: fc.boolean(),
    muted: fc.boolean(),
  }),
  { maxLength: 120 },
);
const looksNeeded = fc.integer({ min: 1, max: 3 });

describe("whatever is seen", () => {
  it("nothing is raised but by a look that shows it, nor resolved by one that cannot see", () => {
    fc.assert(
      fc.property(steps, looksNeeded, (all, looks) => {
        for (const { step, told } of play(all, looks)) {
          for (const { kind } of told) {
            if (kind === "raise") expect(step).toMatchObject({ sight: "there", muted: false, explained: false });
            else expect(step.sight).toBe("gone");
          }
        }
      }),
    );
  });
  it("nothing is told twice, but that it got worse or flaps, and what is over was told before", () => {
    fc.assert(
      fc.property(steps, looksNeeded, (all, looks) => {
        let open: { readonly severity: Severity; readonly title: string } | null = null;
        for (const telling of play(all, looks).flatMap(({ told }) => told)) {
          if (telling.kind === "resolve") {
            expect(open).not.toBeNull();
            open = null;
            continue;
          }
          const { severity, title } = telling.concern;
          if (open !== null && title.includes("flaps") === open.title.includes("flaps")) {
            expect(reaches(open.severity, severity)).toBe(false);
          }
          open = { severity: open !== null && reaches(open.severity, severity) ? open.severity : severity, title };
        }
      }),
    );
  });
  it("no half hour tells of one thing more than a few times", () => {
    fc.assert(
      fc.property(steps, looksNeeded, (all, looks) => {
        const times = play(all, looks).flatMap(({ at, told }) => told.map(() => at));
        const most = Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + flapMs).length));
        // Twice there and gone, once that it flaps, worse twice, calm once, and there again.
        expect(most).toBeLessThanOrEqual(10);
      }),
    );
  });
  it("what stays is told, once nothing holds it back; what is gone for long is forgotten", () => {
    fc.assert(
      fc.property(steps, looksNeeded, (all, looks) => {
        const stays = play([...all, ...Array.from({ length: 4 }, () => ({})), { seconds: calmMs / 1000 }, {}], looks);
        expect(Object.values(stays.at(-1)?.memory ?? {})).toMatchObject([{ open: true, flaps: false, told: {} }]);
        const ends = [...Array.from({ length: 4 }, () => gone), { ...gone, seconds: (flapMs + minute) / 1000 }, gone];
        expect(play([...all, ...ends], looks).at(-1)?.memory).toEqual({});
      }),
    );
  });
});
