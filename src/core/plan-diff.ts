import { canonicalJson } from "./json.ts";
import type { Plan } from "./plan.ts";

/** What is different between two lists, by what their entries are called. */
interface ListDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly different: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}

/** What is different between two plans. */
export interface PlanDiff {
  readonly creates: ListDiff;
  readonly changes: ListDiff;
  readonly deletes: ListDiff;
  /** Dollars a month, before and after; `null` when they are equal. */
  readonly monthlyUsd: readonly [before: number | null, after: number | null] | null;
}

/** Compares what two plans would do. */
export function planDiff(before: Plan, after: Plan): PlanDiff {
  const machine = ({ node, label }: { readonly node: string; readonly label: string }) => `${node} (${label})`;
  return {
    creates: compare(before.creates, after.creates, machine, ({ type, region, monthlyUsd }) =>
      [type, region, ...(monthlyUsd === null ? [] : [priceWords(monthlyUsd)])].join(", "),
    ),
    changes: compare(
      before.changes,
      after.changes,
      ({ node, operation, key }) => `${operation} ${key} on ${node}`,
      ({ changes }) => changes.map(({ field, have, want }) => `${field} ${have ?? "nothing"} → ${want}`).join(", "),
    ),
    deletes: compare(before.deletes, after.deletes, machine, ({ id }) => `machine ${id}`),
    monthlyUsd: before.monthlyUsd === after.monthlyUsd ? null : [before.monthlyUsd, after.monthlyUsd],
  };
}

/** The difference in lines people can read; one line says so when it is not in what would be done. */
export function planDiffLines(diff: PlanDiff): string[] {
  const lines = [
    ...listLines("create", diff.creates),
    ...listLines("change", diff.changes),
    ...listLines("delete", diff.deletes),
    ...(diff.monthlyUsd === null ? [] : [`~ price: was ${diff.monthlyUsd.map(priceWords).join("; is now ")}`]),
  ];
  return lines.length === 0 ? ["The same would be done, but what it was decided from has changed."] : lines;
}

function listLines(verb: string, { added, removed, different }: ListDiff): string[] {
  return [
    ...added.map((name) => `+ ${verb} ${name}`),
    ...removed.map((name) => `- ${verb} ${name}`),
    ...different.map(({ name, before, after }) => `~ ${verb} ${name}: was ${before}; is now ${after}`),
  ];
}

function compare<T>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (entry: T) => string,
  words: (entry: T) => string,
): ListDiff {
  const old = new Map(before.map((entry) => [nameOf(entry), entry]));
  const fresh = new Map(after.map((entry) => [nameOf(entry), entry]));
  return {
    added: [...fresh.keys()].filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !fresh.has(name)),
    different: [...fresh].flatMap(([name, entry]) => {
      const had = old.get(name);
      if (had === undefined || canonicalJson(had) === canonicalJson(entry)) return [];
      return [{ name, before: words(had), after: words(entry) }];
    }),
  };
}

const priceWords = (usd: number | null): string => (usd === null ? "unknown" : `$${usd.toFixed(2)} a month`);
