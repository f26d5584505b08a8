import { pairRoles, type PairRole } from "../../core/cluster.ts";
import { valueOf } from "../../core/fact.ts";
import { of, type Look, type Seen } from "../truth/seen.ts";
import type { Concern, Judged } from "./concern.ts";
import { lookCloser } from "./truth.ts";

/** Milliseconds after which where something is is where it belongs: nobody brings it back a day later. */
export const settledMs = 24 * 3600 * 1000;

/** Where what a pair does belongs, and where it went from there. Plain JSON; times are milliseconds since 1970. */
interface Home {
  readonly node: string;
  readonly moved: { readonly to: string; readonly at: number } | null;
}
export type Homes = Readonly<Partial<Record<PairRole, Home>>>;

/** Something that moved because a run of Nonet moved it. */
export interface PlannedMove {
  readonly role: PairRole;
  readonly from: string;
  readonly to: string;
}

/** What a pair does on one of its nodes, in words. */
const duties: Record<PairRole, string> = { lb: "public address", db: "database writer", nfs: "storage" };

/** Whether a node does it, by its own word; `undefined` when it did not tell. */
function does({ cluster }: Seen, { node, interfaces, database, drbd }: Look): boolean | undefined {
  if (node.role === "lb") {
    return valueOf(interfaces)?.addresses.some(({ address }) => address === cluster.floating.lb.address);
  }
  if (node.role === "db") return database?.known === true ? database.value?.readOnly === false : undefined;
  return drbd?.known === true ? drbd.value?.role === "Primary" : undefined;
}

/** The node that does it, as far as that is known and it is one alone. */
export function holderOf(seen: Seen, role: PairRole): string | undefined {
  const holders = of(seen, role).filter((look) => does(seen, look) === true);
  return holders.length === 1 ? holders[0]?.node.name : undefined;
}

/** What is not where it belongs. What moves while a run changes the cluster belongs where it is then. */
export function judgeMoves(
  seen: Seen,
  homes: Homes,
  { now, explained }: { readonly now: number; readonly explained: boolean },
): { readonly judged: Judged; readonly homes: Homes; readonly planned: readonly PlannedMove[] } {
  const concerns: Concern[] = [];
  const unknown: string[] = [];
  const planned: PlannedMove[] = [];
  const next: Partial<Record<PairRole, Home>> = { ...homes };
  for (const role of pairRoles) {
    const holder = holderOf(seen, role);
    const home = homes[role];
    if (holder === undefined) {
      unknown.push(`moved ${role}`);
      continue;
    }
    if (home === undefined || home.node === holder || explained) {
      if (home !== undefined && home.node !== holder) planned.push({ role, from: home.node, to: holder });
      next[role] = { node: holder, moved: null };
      continue;
    }
    const at = home.moved?.to === holder ? home.moved.at : now;
    const isSettled = now - at >= settledMs;
    next[role] = isSettled ? { node: holder, moved: null } : { node: home.node, moved: { to: holder, at } };
    if (!isSettled) concerns.push(moved(seen, role, home.node, holder));
  }
  return { judged: { concerns, unknown }, homes: next, planned };
}

function moved(seen: Seen, role: PairRole, from: string, to: string): Concern {
  const key = `moved ${role}`;
  const { address } = seen.cluster.floating[role];
  return {
    key,
    severity: "warning",
    title: movedTitle({ role, from, to }),
    text: `No run of Nonet moved it. Find out what happened to ${from}.`,
    facts: [
      ["before", from],
      ["now", to],
      ["address", `${address}, ${whereIs(seen, role, address)}`],
    ],
    next: lookCloser(seen, key),
  };
}

/** `the database writer moved from db1 to db2` */
export const movedTitle = ({ role, from, to }: PlannedMove): string =>
  `the ${duties[role]} moved from ${from} to ${to}`;

function whereIs(seen: Seen, role: PairRole, address: string): string {
  const names = of(seen, role).flatMap(({ node, interfaces }) =>
    valueOf(interfaces)?.addresses.some((held) => held.address === address) === true ? [node.name] : [],
  );
  return names.length === 0 ? "on nobody who answers" : `on ${names.join(" and ")}`;
}
