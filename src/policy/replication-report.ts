import type { Cluster, Node } from "../core/cluster.ts";
import { peerOf } from "../core/cluster.ts";
import { valueOf, type Told } from "../core/fact.ts";
import type { Table } from "../core/table.ts";
import { ago } from "../core/words.ts";
import { type DatabaseState, type SqlError } from "../ops/facts/database.ts";
import type { Finding } from "./finding.ts";
import { difference, ownStretches, positions, size, stretchWords } from "./gtid.ts";

/** One database server, as far as it could be told; `null` when MariaDB does not answer. */
export interface ServerLook {
  readonly node: Node;
  readonly told: Told<DatabaseState | null>;
}

/** What is kept of an inspection for the next one. */
export interface ReplicationSight {
  /** Who was the writer; `null` when that was not known. */
  readonly writer: string | null;
  /** By node, what it had written when this writer was seen for the first time. */
  readonly since: Readonly<Record<string, string>>;
  /** By node, what it said; `null` when it said nothing. */
  readonly states: Readonly<Record<string, DatabaseState | null>>;
}

/** Seconds behind above which a replica is no longer taken for one that keeps up; as in the monitoring checks. */
export const mostLag = 60;

/**
 * Holds both directions of replication against what they should be.
 * @param writer by Pacemaker; `undefined` when it did not tell
 * @param before what the last inspection kept
 */
export function replicationFindings(
  cluster: Cluster,
  looks: readonly ServerLook[],
  writer: string | undefined,
  before: ReplicationSight | undefined,
): Finding[] {
  const states = looks.flatMap(({ node, told }) => {
    const state = valueOf(told);
    return state === undefined || state === null ? [] : [{ node, state }];
  });
  const silent = looks.flatMap(({ node, told }): Finding[] => {
    if (!told.known) return [{ level: "unknown", says: `${node.name}: ${told.why}` }];
    return told.value === null ? [{ level: "degraded", says: `MariaDB does not answer on ${node.name}` }] : [];
  });
  const open = states.filter(({ state }) => !state.readOnly).map(({ node }) => node.name);
  const pair: Finding[] =
    open.length > 1 && writer === undefined
      ? [{ level: "split", says: `${open.join(" and ")} both accept writes` }]
      : [];
  if (writer === undefined) pair.push({ level: "unknown", says: "Pacemaker does not tell who the writer is" });
  return [
    ...pair,
    ...states.flatMap(({ node, state }) => roleFindings(node, state, writer)),
    ...states.flatMap(({ node, state }) => errant(node, state, states, writer, before)),
    ...states.flatMap(({ node, state }) => threadFindings(cluster, node, state)),
    ...states.flatMap(({ node, state }) => behind(node, state, states)),
    ...states.flatMap(({ node, state }) => settingFindings(node, state)),
    ...silent,
  ];
}

type Known = { readonly node: Node; readonly state: DatabaseState };

function roleFindings({ name }: Node, { readOnly }: DatabaseState, writer: string | undefined): Finding[] {
  if (writer === undefined) return [];
  if (name === writer) return readOnly ? [{ level: "degraded", says: `${name} is the writer, but read only` }] : [];
  return readOnly ? [] : [{ level: "split", says: `${name} accepts writes although ${writer} is the writer` }];
}

/** What a server wrote itself while it was not the writer: lacking on the other one, or new since an earlier look. */
function errant(
  node: Node,
  state: DatabaseState,
  states: readonly Known[],
  writer: string | undefined,
  before: ReplicationSight | undefined,
): Finding[] {
  if (writer === undefined || node.name === writer) return [];
  const written = positions(state.written);
  const main = states.find((other) => other.node.name === writer);
  const since = before?.writer === writer ? before.since[node.name] : undefined;
  const own = (known: string) => ownStretches(difference(written, positions(known)), state.domain, state.serverId);
  const news = since === undefined ? [] : own(since);
  const lacking = main === undefined ? [] : own(main.state.written);
  const worst = size(news) >= size(lacking) ? news : lacking;
  if (worst.length === 0) return [];
  const where = lacking.length > 0 ? `${writer} lacks ${size(lacking)} of them` : `${writer} has them as well`;
  const says = `errant: ${node.name} wrote ${stretchWords(worst)} itself although ${writer} is the writer; ${where}`;
  return [{ level: "degraded", says }];
}

const because = (error: SqlError | null): string => (error === null ? "" : ` (error ${error.code}: ${error.text})`);

function threadFindings(cluster: Cluster, node: Node, { source }: DatabaseState): Finding[] {
  const peer = peerOf(cluster, node);
  const found: string[] = [];
  if (source === null) return [{ level: "degraded", says: `${node.name} replicates from nobody` }];
  if (source.receives !== "Yes") {
    const word = source.receives === "No" ? "" : `, its state is ${source.receives}`;
    found.push(`${node.name} does not receive from ${peer?.name}${word}${because(source.receiveError)}`);
  }
  if (source.applies !== "Yes") {
    found.push(`${node.name} stopped applying at ${source.at} of ${peer?.name}${because(source.applyError)}`);
  }
  if (source.host !== peer?.privateIp)
    found.push(`${node.name} replicates from ${source.host} instead of ${peer?.name}`);
  if (!source.byGtid) found.push(`${node.name} does not replicate by GTID`);
  if (source.lag !== null && source.lag > mostLag) found.push(`${node.name} is ${source.lag} s behind`);
  return found.map((says) => ({ level: "degraded", says }));
}

/** What the other one wrote and this one lacks. */
function behind(node: Node, state: DatabaseState, states: readonly Known[]): Finding[] {
  const other = states.find((one) => one.node.name !== node.name);
  if (other === undefined) return [];
  const lacks = difference(positions(other.state.written), positions(state.written));
  if (lacks.length === 0) return [];
  // A replica that works is always a little behind one that writes.
  const works = state.source?.receives === "Yes" && state.source.applies === "Yes";
  const says = `${node.name} lacks ${size(lacks)} transactions of ${other.node.name}: ${stretchWords(lacks)}`;
  return [{ level: works ? "note" : "degraded", says }];
}

function settingFindings(node: Node, state: DatabaseState): Finding[] {
  const { autoIncrement, serverId, domain, semiSync } = state;
  const wrong = [
    ...(serverId === node.index ? [] : [`server_id ${serverId} instead of ${node.index}`]),
    ...(domain === node.index ? [] : [`gtid_domain_id ${domain} instead of ${node.index}`]),
    ...(autoIncrement.step === 2 && autoIncrement.offset === node.index
      ? []
      : [
          `auto-increment in steps of ${autoIncrement.step} from ${autoIncrement.offset} instead of 2 from ${node.index}`,
        ]),
    ...(semiSync.source.includes("no replica") ? ["semi-synchronous replication nobody acknowledges"] : []),
  ];
  return wrong.map((what) => ({ level: "degraded", says: `${node.name} has ${what}` }));
}

/** Both servers side by side. */
export function replicationTable(looks: readonly ServerLook[], writer: string | undefined): Table {
  const cells = (name: string, of: (state: DatabaseState, node: Node) => string): string[] => [
    name,
    ...looks.map(({ node, told }) => {
      if (!told.known) return "unknown";
      return told.value === null ? "no answer" : of(told.value, node);
    }),
  ];
  const none = (text: string) => (text === "" ? "–" : text);
  return {
    columns: ["", ...looks.map(({ node }) => node.name)],
    rows: [
      cells("role", (_, { name }) => (writer === undefined ? "unknown" : name === writer ? "writer" : "replica")),
      cells("accepts writes", ({ readOnly }) => (readOnly ? "no" : "yes")),
      cells("receives", ({ source }) => source?.receives ?? "from nobody"),
      cells("applies", ({ source }) => source?.applies ?? "–"),
      cells("behind", ({ source }) => (source?.lag === null || source === null ? "unknown" : `${source.lag} s`)),
      cells("written", ({ written }) => none(written)),
      cells("applied", ({ applied }) => none(applied)),
      cells("next event", ({ source }) => source?.at ?? "–"),
      cells("auto-increment", ({ autoIncrement: { step, offset } }) => `${offset}, ${offset + step}, …`),
      cells("semi-sync", ({ semiSync }) => `source ${semiSync.source}, replica ${semiSync.replica}`),
    ],
  };
}

/** What the next inspection needs to know. */
export function sightOf(
  looks: readonly ServerLook[],
  writer: string | undefined,
  before: ReplicationSight | undefined,
): ReplicationSight {
  const states = Object.fromEntries(looks.map(({ node, told }) => [node.name, valueOf(told) ?? null]));
  const kept = writer !== undefined && before?.writer === writer ? before.since : {};
  const now = Object.entries(states).flatMap(([name, state]) =>
    state === null ? [] : [[name, state.written] as const],
  );
  return { writer: writer ?? null, since: { ...Object.fromEntries(now), ...kept }, states };
}

/** What is new since the last inspection, a line each. @param age milliseconds */
export function replicationNews(before: ReplicationSight | undefined, now: ReplicationSight, age: number): string[] {
  if (before === undefined) return [];
  const lines = Object.keys({ ...before.states, ...now.states }).flatMap((name) => {
    const [old, fresh] = [flat(before.states[name]), flat(now.states[name])];
    return Object.keys({ ...old, ...fresh }).flatMap((field) => {
      const [was, is] = [old[field] ?? "nothing", fresh[field] ?? "nothing"];
      return was === is ? [] : [`~ ${name} ${field}: ${was} → ${is}`];
    });
  });
  const writer =
    before.writer === now.writer ? [] : [`~ writer: ${before.writer ?? "unknown"} → ${now.writer ?? "unknown"}`];
  const all = [...writer, ...lines];
  return all.length === 0 ? [] : [`  since the last inspection, ${ago(age)}:`, ...all];
}

/** Fields by their path: `source receives`. */
function flat(value: object | null | undefined, path = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, part] of Object.entries(value ?? {}) as [string, unknown][]) {
    const key = path === "" ? name : `${path} ${name}`;
    if (typeof part === "object" && part !== null) Object.assign(found, flat(part, key));
    else if (typeof part === "string" ? part !== "" : part !== null)
      found[key] = typeof part === "string" ? part : JSON.stringify(part);
  }
  return found;
}
