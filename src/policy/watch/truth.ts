import { peerOf } from "../../core/cluster.ts";
import type { Severity } from "../../core/notice.ts";
import type { Next } from "../../core/action.ts";
import { covers } from "../../core/watch.ts";
import type { Finding } from "../finding.ts";
import { truth } from "../truth/rows.ts";
import type { Look, Seen, TruthRow } from "../truth/seen.ts";
import type { Concern, Judged } from "./concern.ts";
import { judgeSilence } from "./silence.ts";

/** Everything that /cluster status would find, as concerns; what follows only from a node that is gone is not told beside it. */
export function judgeTruth(seen: Seen): Judged {
  const silence = judgeSilence(seen);
  const gone = seen.looks.filter(({ failure }) => failure !== null);
  const rows = truth(seen);
  return {
    concerns: [
      ...silence.concerns,
      ...rows.flatMap((row) =>
        row.findings.flatMap((finding) => {
          const key = keyOf(row, finding);
          if (key === undefined || finding.level === "unknown" || finding.level === "note") return [];
          return gone.some((look) => followsFrom(seen, look, key)) ? [] : [concernOf(seen, row, finding, key)];
        }),
      ),
    ],
    unknown: [
      ...silence.unknown,
      ...rows.flatMap(({ key, findings }) => (findings.some(({ level }) => level === "unknown") ? [key] : [])),
    ],
  };
}

/** The key of the concern that a finding is; `undefined` for one that is none. */
export const keyOf = ({ key }: Pick<TruthRow, "key">, { about }: Finding): string | undefined =>
  about === undefined ? undefined : `${key} ${about}`;

/** What the other node of a pair cannot but find when this one is gone. */
function followsFrom({ cluster }: Seen, { node }: Look, key: string): boolean {
  const peer = peerOf(cluster, node)?.name;
  return [
    `node ${node.name} machine`,
    `pair ${node.role} votes ${peer}`,
    `pair ${node.role} unseen ${peer} ${node.name}`,
    `database replication ${peer}`,
    `storage disk ${peer}`,
  ].includes(key);
}

/** What a kind of finding means to whoever is on call. */
interface Meaning {
  /** What keys of it begin with; `*` stands for one word. */
  readonly of: string;
  readonly severity: Severity;
  readonly text: string;
  readonly looks?: number;
  readonly always?: true;
}

/**
 * The first that fits counts. Two looks are asked for where things are on their way during a move: Pacemaker stops a
 * resource on one node before it starts it on the other, and an ARP answer may be lost.
 */
const meanings: readonly Meaning[] = [
  {
    of: "* * two",
    severity: "critical",
    always: true,
    text: "Two nodes do what only one may do. Stop one of them now.",
  },
  {
    of: "* two",
    severity: "critical",
    always: true,
    text: "Two nodes do what only one may do: their data goes apart. Stop one of them now.",
  },
  {
    of: "database stray",
    severity: "critical",
    always: true,
    looks: 2,
    text: "Writes go to a database that Pacemaker does not know as the writer; a failover would lose them.",
  },
  { of: "address * none", severity: "critical", looks: 2, text: "Nobody can be reached there." },
  { of: "address * answers", severity: "critical", looks: 2, text: "Some clients reach the one, some the other." },
  {
    of: "address * stranger",
    severity: "critical",
    looks: 2,
    text: "Clients do not reach the node that should serve them.",
  },
  { of: "address *", severity: "warning", looks: 2, text: "Clients may not reach it, or will not after a failover." },
  { of: "database none", severity: "critical", looks: 2, text: "Nothing can be saved." },
  { of: "database server", severity: "critical", looks: 2, text: "A database server is down." },
  {
    of: "database replication",
    severity: "critical",
    looks: 2,
    text: "A failover now would lose what is not copied.",
  },
  { of: "database", severity: "warning", looks: 2, text: "The nodes of the pair do not agree." },
  { of: "storage none", severity: "critical", looks: 2, text: "Nobody serves the content." },
  { of: "storage disk", severity: "warning", looks: 2, text: "There is one whole copy of the content only." },
  { of: "storage", severity: "warning", looks: 2, text: "The nodes of the pair do not agree." },
  {
    of: "pair * quorum",
    severity: "critical",
    looks: 2,
    text: "Without quorum the pair starts nothing and stops what runs.",
  },
  {
    of: "pair * corosync",
    severity: "critical",
    looks: 2,
    text: "The node is no member of its pair and takes over nothing.",
  },
  { of: "pair", severity: "warning", looks: 2, text: "The next failure may not be survived." },
  {
    of: "fencing failed",
    severity: "critical",
    always: true,
    text: "Pacemaker does not go on before it knows that the node is off.",
  },
  { of: "fencing", severity: "warning", looks: 2, text: "The pair does not look after itself." },
  { of: "actions", severity: "warning", looks: 2, text: "Pacemaker gave up on a resource." },
  { of: "node", severity: "warning", looks: 2, text: "The node does only a part of its work." },
];

function meaningOf(key: string): Meaning {
  const words = key.split(" ");
  const found = meanings.find(({ of }) => of.split(" ").every((word, at) => word === "*" || word === words[at]));
  if (found === undefined) throw new TypeError(`nobody says what ${key} means`);
  return found;
}

function concernOf(seen: Seen, row: TruthRow, { says }: Finding, key: string): Concern {
  const { of: _, text, ...rest } = meaningOf(key);
  return { key, ...rest, title: says, text, facts: evidence(row), next: lookCloser(seen, key) };
}

/** What each source says of it. */
function evidence({ what, provider, pacemaker, node, wire }: TruthRow): (readonly [string, string])[] {
  const said = { about: what, Linode: provider, Pacemaker: pacemaker, "the nodes": node, "the network": wire };
  return Object.entries(said).filter(([, words]) => words !== "–");
}

/** What `/inspect` calls what keys that begin with these words are about. */
const inspections = {
  database: "replication",
  "moved db": "replication",
  storage: "drbd",
  "moved nfs": "drbd",
  fencing: "pacemaker",
  actions: "pacemaker",
  pair: "pacemaker",
};

/** The command that shows more of it. */
export function lookCloser({ cluster }: Seen, key: string): Next {
  const { name } = cluster.blueprint;
  const [, what] = Object.entries(inspections).find(([words]) => covers(words, key)) ?? [];
  if (what === undefined) return { command: `/cluster status ${name}`, label: "What is true now" };
  return { command: `/inspect ${what} ${name}`, label: `Inspect ${what}` };
}
