import type { StoreKind } from "../engine/stores.ts";
import type { Moment } from "./moments.ts";

/**
 * Where to die, from the moments an undisturbed bot passed: before each step, inside it (after its first effect, or its
 * first answer when it has none), and right after it was journaled.
 */
export function crashPoints(moments: readonly Moment[]): Moment[] {
  const steps = Map.groupBy(moments, (moment) => moment.slice(0, moment.lastIndexOf(",")));
  return [...steps.values()].flatMap((passed) => {
    const inside = passed.find((moment) => moment.endsWith("change 1")) ?? passed.find((one) => one.endsWith("read"));
    const around = passed.filter((moment) => moment.endsWith("before") || moment.endsWith("after"));
    return [...around, ...(inside === undefined ? [] : [inside])];
  });
}

/** Two thirds of them for each store, evenly, so that every one is tried on one store at least. */
export function shareOf<T>(all: readonly T[], kind: StoreKind["kind"]): T[] {
  return all.filter((_, at) => at % 3 !== (kind === "sqlite" ? 0 : 1));
}

/** Each with one half of all away from it: what one build can be killed at, one after the other. */
export function pairs<T>(all: readonly T[]): T[][] {
  const half = Math.ceil(all.length / 2);
  return all.slice(0, half).map((first, at) => [first, ...all.slice(half + at, half + at + 1)]);
}

/** So many of them, evenly. */
export function sample<T>(all: readonly T[], count: number): T[] {
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, at) => all[Math.floor(((at + 0.5) * all.length) / count)],
  ).flatMap((one) => one ?? []);
}
