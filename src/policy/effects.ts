import type { Cluster, Node } from "../core/cluster.ts";
import { allOf } from "../core/words.ts";
import type { Family } from "../ops/facts/filter.ts";
import { passages, senders, services, type Sender } from "./probes.ts";
import { readFilter, rule, type Filter, type Packet } from "./walk.ts";

/** What rules that differ from the declared ones do, in one sentence without the node's name and a full stop. */
export interface Effect {
  /** The most severe first: 0 is open to the whole internet. */
  readonly rank: number;
  readonly says: string;
}

/** What happened to one service of one sender. */
type Turn = "opened" | "closed" | "uncertain";

/**
 * What changes for whom when a node has `real` instead of `declared` rules of one family. Nothing is concluded from the
 * wording of rules: packets are sent through both tables in thought, so that order, negation and other chains count.
 */
export function effects(cluster: Cluster, node: Node, family: Family, declared: string, real: string): Effect[] {
  if (declared === real) return [];
  const tables = { declared: readFilter(declared), real: readFilter(real) };
  const asked = services([declared, real], family);
  const turns = senders(cluster, node, family).map((sender) => {
    const found: Record<Turn, Set<string>> = { opened: new Set(), closed: new Set(), uncertain: new Set() };
    for (const { name, packet } of asked) {
      const turn = turnOf(tables, { ...packet, nic: sender.nic, source: sender.source });
      if (turn !== undefined) found[turn].add(name);
    }
    return { sender, found };
  });
  const about = (turn: Turn) => grouped(turns.map(({ sender, found }) => ({ sender, names: found[turn] })));
  return [
    ...about("opened").map(openedWords),
    ...passageEffects(tables, family),
    ...about("closed").map(closedWords),
    ...about("uncertain").map(uncertainWords),
  ].toSorted((a, b) => a.rank - b.rank);
}

interface Both {
  readonly declared: Filter;
  readonly real: Filter;
}

function turnOf({ declared, real }: Both, packet: Packet): Turn | undefined {
  const [before, after] = [rule(declared, packet), rule(real, packet)];
  if (before === after) return undefined;
  if (before === "unknown" || after === "unknown") return "uncertain";
  if (after === "accept") return "opened";
  return before === "accept" ? "closed" : undefined;
}

interface Group {
  readonly senders: readonly Sender[];
  readonly names: readonly string[];
}

/** Senders to whom the same happened, together; what is true for everybody on a card is not said of each again. */
function grouped(all: readonly { readonly sender: Sender; readonly names: ReadonlySet<string> }[]): Group[] {
  const everybody = all.filter(({ sender }) => sender.kind === "everybody");
  const left = all.map(({ sender, names }) => {
    const others = everybody.find((one) => one.sender.nic === sender.nic && one.sender !== sender);
    return { sender, names: [...names].filter((name) => others?.names.has(name) !== true) };
  });
  const same = Map.groupBy(
    left.filter(({ names }) => names.length > 0),
    ({ sender, names }) => JSON.stringify([sender.kind === "itself", names]),
  );
  return [...same.values()].map((group) => ({
    senders: group.map(({ sender }) => sender),
    names: group[0]?.names ?? [],
  }));
}

const wide = ({ senders: who }: Group): boolean => who.some(({ kind }) => kind === "everybody");
const who = ({ senders: them }: Group): string => allOf([...new Set(them.map(({ name }) => name))]);

/** `every TCP port`, when all the others are among them. */
function what({ names }: Group): string {
  const shorter = (["TCP", "UDP"] as const).reduce<readonly string[]>((rest, protocol) => {
    const others = `every other ${protocol} port`;
    return rest.includes(others)
      ? [`every ${protocol} port`, ...rest.filter((name) => name !== others && !name.includes(`${protocol} `))]
      : rest;
  }, names);
  return allOf(shorter);
}

function openedWords(group: Group): Effect {
  const plural = group.names.length > 1 ? "are" : "is";
  const internet = group.senders.some(({ kind, nic }) => kind === "everybody" && nic === "eth0");
  return {
    rank: internet ? 0 : wide(group) ? 1 : 4,
    says: `${what(group)} ${plural} newly open to ${who(group)}`,
  };
}

function closedWords(group: Group): Effect {
  if (group.senders.some(({ kind }) => kind === "itself")) {
    return { rank: 2, says: "it can no longer talk to itself" };
  }
  return { rank: wide(group) ? 2 : 3, says: `${who(group)} can no longer reach ${what(group)}` };
}

const uncertainWords = (group: Group): Effect => ({
  rank: 5,
  says: `whether ${who(group)} can reach ${what(group)} hangs on a rule that Nonet does not understand`,
});

function passageEffects(tables: Both, family: Family): Effect[] {
  const source = family === "v4" ? "203.0.113.77" : "2001:db8:ffff::77";
  return passages(family).flatMap(({ opened, closed, packet }) => {
    const turn = turnOf(tables, { ...packet, nic: "eth0", source });
    if (turn === undefined) return [];
    if (turn === "uncertain")
      return [{ rank: 5, says: `whether it ${opened} hangs on a rule that Nonet does not understand` }];
    return [turn === "opened" ? { rank: 1, says: `it ${opened}` } : { rank: 2, says: `it ${closed}` }];
  });
}
