import { peerOf } from "../../core/cluster.ts";
import { valueOf } from "../../core/fact.ts";
import type { Look, Seen } from "../truth/seen.ts";
import type { Concern, Judged } from "./concern.ts";

/**
 * Nodes that do not answer. Where another witness says the same, one look is enough; where the bot's own way to a node
 * may be what is broken, it takes two. When nobody answers at all, one thing is wrong and not nine.
 */
export function judgeSilence(seen: Seen): Judged {
  const silent = seen.looks.filter(({ failure }) => failure !== null);
  if (silent.length === seen.looks.length) {
    return { concerns: [nobodyAnswers(seen)], unknown: silent.map(({ node }) => `node ${node.name}`) };
  }
  return { concerns: silent.map((look) => silence(seen, look)), unknown: [] };
}

function nobodyAnswers({ cluster, looks, provider }: Seen): Concern {
  const { name } = cluster.blueprint;
  return {
    key: "reach",
    severity: "critical",
    title: `no node of ${name} answers`,
    text: "Either all of it is gone, or Nonet's own way to it. Look from elsewhere before you change anything.",
    facts: [
      ["asked", `${looks.length} nodes`],
      ["why not", looks[0]?.failure ?? ""],
      ["Linode", provider.known ? "answers" : provider.why],
    ],
    next: { command: `/cluster status ${name}`, label: "Ask again" },
    looks: 2,
  };
}

/** What others say of a node that does not answer. */
function witnesses({ cluster, provider, looks }: Seen, { node }: Look) {
  const peer = peerOf(cluster, node);
  const view = valueOf(looks.find((look) => look.node.name === peer?.name)?.pair);
  const isSeen = view?.online[node.name];
  const machine = provider.known ? (provider.value.machines[node.linodeId] ?? "gone") : "unknown";
  const isOff = provider.known && machine !== "running";
  return { peer, isSeen, machine, isOff, isIsolated: !isOff && isSeen === false };
}

/** Whether somebody else says so as well. */
export function isGone(seen: Seen, look: Look): boolean {
  const { isOff, isIsolated } = witnesses(seen, look);
  return isOff || isIsolated;
}

function silence(seen: Seen, look: Look): Concern {
  const { node, failure } = look;
  const { cluster } = seen;
  const { peer, isSeen, machine, isOff, isIsolated } = witnesses(seen, look);
  const title = isOff
    ? `${node.name} is ${machine} at Linode`
    : isIsolated
      ? `${node.name} is isolated: neither Nonet nor ${peer?.name} reaches it`
      : `${node.name} does not answer`;
  const text =
    peer === undefined
      ? "Whatever it does is not done now."
      : isSeen === true
        ? `${peer.name} still sees it, so the pair works; Nonet cannot look at it or change it.`
        : `${peer.name} carries the pair alone. What only ${node.name} had is not served until it is back.`;
  return {
    key: `node ${node.name} gone`,
    severity: peer !== undefined && isSeen !== true ? "critical" : "warning",
    title,
    text,
    facts: [
      ["why", failure ?? ""],
      ["Linode", machine],
      ...(peer === undefined
        ? []
        : [[peer.name, isSeen === undefined ? "cannot tell" : isSeen ? "sees it" : "does not see it"] as const]),
    ],
    next: { command: `/cluster status ${cluster.blueprint.name}`, label: "What is true now" },
    // A pair that still sees it is a witness that it is only slow.
    looks: isOff || isIsolated ? 1 : isSeen === true ? 4 : 2,
  };
}
