import type { CloudAnnouncements, CloudMaintenance, CloudNotification } from "../../core/cloud.ts";
import type { Cluster, Node } from "../../core/cluster.ts";
import type { Told } from "../../core/fact.ts";
import { allOf, oneLine } from "../../core/words.ts";
import type { Concern } from "./concern.ts";
import { judged, looked, type Looked } from "./looked.ts";

const hourMs = 3_600_000;
/** Sooner than this, it is time to look whose turn it is. */
const soonMs = 48 * hourMs;
/** Two nodes of a pair closer to one another than this may be away at once. */
const apartMs = 2 * hourMs;

/**
 * What the provider announced for this cluster's nodes and regions, and for the account. Keys are `maintenance NODE`,
 * `maintenance pair ROLE`, and `provider` with what it is about, its type and its words.
 * @param now milliseconds since 1970
 */
export function judgeMaintenance(cluster: Cluster, told: Told<CloudAnnouncements>, now: number): Looked {
  const found = judged(told, "Linode", "maintenance", ({ maintenance, notifications }) => {
    const planned = cluster.nodes.flatMap((node) => {
      const [first] = maintenance.filter((one) => one.nodeId === node.linodeId).toSorted(soonest);
      return first === undefined ? [] : [{ node, work: first }];
    });
    return looked([
      ...pairs(planned),
      ...planned.map(({ node, work }) => toConcern(node, work, now)),
      ...notifications.flatMap((one) => news(cluster, one, new Set(planned.map(({ node }) => node.linodeId)), now)),
    ]);
  });
  return told.known ? found : { ...found, unknown: ["maintenance", "provider"] };
}

interface Planned {
  readonly node: Node;
  readonly work: CloudMaintenance;
}

const soonest = (a: CloudMaintenance, b: CloudMaintenance): number => (a.at ?? 0) - (b.at ?? 0);

const does: Readonly<Record<string, string>> = {
  reboot: "restarts",
  power_off_on: "switches off and on",
  cold_migration: "moves, switched off meanwhile,",
  migrate: "moves",
  live_migration: "moves, running,",
};

function toConcern({ name, role }: Node, { type, started, at, reason }: CloudMaintenance, now: number): Concern {
  const what = does[type] ?? `does maintenance (${oneLine(type)}) on`;
  const when = started ? "now" : inWords(at, now);
  return {
    key: `maintenance ${name}`,
    severity: started || at === null || at - now < soonMs ? "warning" : "info",
    title: `Linode ${what} ${name} ${when}`,
    text:
      role === "web" || role === "admin"
        ? "It is away meanwhile. The others go on without it."
        : "If it holds its pair's address then, the other takes over. Moving it before is gentler.",
    facts: [...(at === null ? [] : [["when", moment(at)] as const]), ["Linode says", oneLine(reason)]],
    next: null,
  };
}

/** Both of a pair at about the same time: then there is nobody to take over. */
function pairs(planned: readonly Planned[]): Concern[] {
  return (["lb", "db", "nfs"] as const).flatMap((role) => {
    const both = planned.filter(({ node, work }) => node.role === role && work.type !== "live_migration");
    const [one, two] = both;
    if (one === undefined || two === undefined) return [];
    const apart = Math.abs((one.work.at ?? 0) - (two.work.at ?? 0));
    if (apart >= apartMs) return [];
    return [
      {
        key: `maintenance pair ${role}`,
        severity: "critical",
        title: `Linode works on ${allOf(both.map(({ node }) => node.name))} at about the same time`,
        text: "Nobody would take over. Ask Linode's support for another time, or migrate one of them yourself before.",
        facts: both.flatMap(({ node, work }) => (work.at === null ? [] : [[node.name, moment(work.at)] as const])),
        next: null,
      },
    ];
  });
}

const severities = { critical: "critical", major: "warning", minor: "info" } as const;

/** @param told nodes whose maintenance is told already */
function news(
  cluster: Cluster,
  { type, severity, message, nodeId, region, at }: CloudNotification,
  told: ReadonlySet<number>,
  now: number,
): Concern[] {
  const node = cluster.nodes.find(({ linodeId }) => linodeId === nodeId);
  if (type === "promotion" || (nodeId !== null && (node === undefined || told.has(nodeId)))) return [];
  const { regions } = cluster.blueprint;
  if (region !== null && !Object.values(regions).includes(region)) return [];
  const about = node?.name ?? region;
  return [
    {
      // Several of one type are told apart by their words only.
      key: ["provider", about ?? "account", oneLine(type), oneLine(message, 80)].join(" "),
      severity: severities[severity],
      title: `Linode announces${about === null ? "" : ` for ${about}`}: ${oneLine(message)}`,
      text: "It is in Linode's Cloud Manager until what caused it is over.",
      facts: at === null ? [] : [["when", `${moment(at)}, ${inWords(at, now)}`]],
      next: null,
    },
  ];
}

/** `in about 2 h`, `in about 3 days`. */
function inWords(at: number | null, now: number): string {
  if (at === null) return "at a time it does not tell";
  const hours = (at - now) / hourMs;
  if (hours <= 0) return "about now";
  if (hours < 1) return `in about ${Math.max(1, Math.round(hours * 60))} min`;
  return hours < 48 ? `in about ${Math.round(hours)} h` : `in about ${Math.round(hours / 24)} days`;
}

const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
