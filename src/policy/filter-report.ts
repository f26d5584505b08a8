import type { Cluster, Node } from "../core/cluster.ts";
import { lineDiff, type LineChange } from "../core/line-diff.ts";
import { counted } from "../core/words.ts";
import { families, type Family, type FilterState, type Tables } from "../ops/facts/filter.ts";
import { effects, type Effect } from "./effects.ts";
import type { Finding } from "./finding.ts";
import { meaning } from "./meaning.ts";

/** What is wrong with the packet filter of one node. */
export interface FilterReport {
  /** The most severe first. */
  readonly findings: readonly (Finding & Pick<Effect, "rank">)[];
  /** Each rule that differs: `+ db2 IPv4: -A INPUT …`. */
  readonly diff: readonly string[];
}

/** Families in words. */
export const versions = { v4: "IPv4", v6: "IPv6" } as const;
/** As many differing rules of one table as anybody reads. */
const shownRules = 40;

/** Holds what runs and what is loaded at boot against what is declared, and says what each difference means. */
export function filterReport(cluster: Cluster, node: Node, state: FilterState): FilterReport {
  const found = [...sayings(cluster, node, state), ...beside(state)];
  return {
    findings: found
      .map(({ rank, says, level }) => ({ rank, level, says: `${node.name}: ${says}` }))
      .toSorted((a, b) => a.rank - b.rank),
    diff: families.flatMap((family) => ruleLines(cluster, node, state, family)),
  };
}

type Saying = Effect & Pick<Finding, "level">;

/** Effects by when they hold and for which family; the same one of several is told once. */
function sayings(cluster: Cluster, node: Node, { declared, running, saved }: FilterState): Saying[] {
  const of = (real: Tables, family: Family) => effects(cluster, node, family, declared[family], real[family]);
  const all = families.flatMap((family) => {
    const now = of(running, family);
    const later = of(saved, family);
    const has = (list: readonly Effect[], { says }: Effect) => list.some((one) => one.says === says);
    const harmless = (real: Tables, list: readonly Effect[]) => real[family] !== declared[family] && list.length === 0;
    const order = { rank: 6, says: "rules differ, but nothing that can be told is open or closed by it" };
    return [
      ...now.map((effect) => ({ effect, family, when: has(later, effect) ? "" : ", until the next restart" })),
      ...later.flatMap((effect) => (has(now, effect) ? [] : [{ effect, family, when: ", after the next restart" }])),
      ...(harmless(running, now) ? [{ effect: order, family, when: ", until the next restart" }] : []),
      ...(harmless(saved, later) ? [{ effect: order, family, when: ", after the next restart" }] : []),
    ];
  });
  const same = Map.groupBy(all, ({ effect: { says }, when }) => `${says}${when}`);
  return [...same].flatMap(([text, [one, ...others]]) => {
    if (one === undefined) return [];
    const over = others.length > 0 ? " (IPv4 and IPv6)" : one.family === "v6" ? " (IPv6)" : "";
    const says = one.when === "" ? `${text}${over}` : `${one.effect.says}${over}${one.when}`;
    return [{ rank: one.effect.rank, level: "degraded", says } as const];
  });
}

/** What other tools have put beside or into the rules. */
function beside({ declared, running, others }: FilterState): Saying[] {
  const chains = families.flatMap((family) => {
    const own = new Set(chainsOf(declared[family]));
    const rules = running[family].split("\n");
    return chainsOf(running[family]).flatMap((chain) => {
      if (own.has(chain)) return [];
      const count = rules.filter((line) => line.startsWith(`-A ${chain} `)).length;
      return [`the chain ${chain} of another tool (${versions[family]}, ${counted(count, "rule")})`];
    });
  });
  const tables = others.map((name) => `the table ${name} of another tool; it may block more than is told here`);
  return [
    ...chains.map((what) => ({ rank: 7, level: "degraded", says: `there is ${what}` }) as const),
    ...tables.map((what) => ({ rank: 8, level: "note", says: `there is ${what}` }) as const),
  ];
}

const chainsOf = (table: string): string[] => [...table.matchAll(/^:(\S+) /gm)].flatMap(([, chain]) => chain ?? []);

function ruleLines(cluster: Cluster, node: Node, state: FilterState, family: Family): string[] {
  const { declared, running, saved } = state;
  const differing = (real: string) => lineDiff(rulesOf(declared[family]), rulesOf(real));
  const now = differing(running[family]);
  const later = differing(saved[family]);
  const text = (changes: readonly LineChange[]) => JSON.stringify(changes);
  const show = (changes: readonly LineChange[], when: string) => {
    const shown = changes.slice(0, shownRules).map(({ sign, line }) => {
      const known = sign === "+" ? "" : `  (${meaning(cluster, line)})`;
      return `${sign} ${node.name} ${versions[family]}${when}: ${line}${known}`;
    });
    const left = changes.length - shown.length;
    return left === 0
      ? shown
      : [...shown, `  ${node.name} ${versions[family]}${when}: … and ${counted(left, "more rule")}`];
  };
  if (text(now) === text(later)) return show(now, "");
  return [...show(now, ", running"), ...show(later, ", at boot")];
}

/** Rules and policies; no table at all accepts everything. */
function rulesOf(table: string): string[] {
  const lines = table.split("\n").filter((line) => /^[-:]/.test(line));
  return lines.length === 0 ? [":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"] : lines;
}
