import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { canonicalJson } from "../../src/core/json.ts";
import { project, type RunEvent, type RunView } from "../../src/core/journal.ts";
import { runCard } from "../../src/core/run-card.ts";
import { auditOf } from "../../src/engine/audit-facts.ts";
import type { Built } from "./build.ts";

/** What the API's account must agree in. */
const Account = z.object({
  linodes: z.array(
    z.object({
      id: z.number(),
      label: z.string(),
      region: z.string(),
      type: z.string(),
      tags: z.array(z.string()),
      status: z.string(),
      placementGroup: z.number().nullable(),
    }),
  ),
  disks: z.array(z.object({ linodeId: z.number(), label: z.string(), sizeMb: z.number(), status: z.string() })),
  configs: z.array(z.object({ linodeId: z.number(), label: z.string(), devices: z.record(z.string(), z.number()) })),
  addresses: z.array(z.object({ address: z.string(), linodeId: z.number(), sharedWith: z.array(z.number()) })),
  placementGroups: z.array(z.object({ id: z.number(), label: z.string() })),
  events: z.array(z.object({ action: z.string(), status: z.string() })),
});

/** What is wrong with a build that was interrupted, compared to one that was not; nothing when it ended right. */
export function wrongs(undisturbed: Built, built: Built): string[] {
  const repeated = repeatedSteps(built.events);
  const want = outcome(undisturbed, repeated);
  const have = outcome(built, repeated);
  const differing = Object.keys(want).filter((part) => !isDeepStrictEqual(want[part], have[part]));
  return [
    ...journalWrongs(built.events),
    ...differing.map((part) => `${part} differs: ${firstDifference(want[part], have[part])}`),
    ...countWrongs(undisturbed, built),
    ...auditWrongs(built),
  ];
}

/** Steps that were begun more than once: those in flight when the process died, and only they may be. */
function repeatedSteps(events: readonly RunEvent[]): ReadonlySet<string> {
  const begun = events.flatMap((event) => (event.kind === "step.started" ? [event.name] : []));
  return new Set(begun.filter((name, at) => begun.indexOf(name) !== at));
}

/** Everything that must be the same, in parts; what differs from build to build by nature is taken out. */
function outcome(built: Built, repeated: ReadonlySet<string>): Record<string, unknown> {
  const plain = (value: unknown) => impersonal(built, value);
  const { result, card } = built.ending;
  const nodes = Object.entries(held(built)).map(([node, states]) => [`what ${node} holds`, states] as const);
  const data = z.record(z.string(), z.json()).parse(result.data);
  return {
    ...Object.fromEntries(nodes),
    "the account": account(built),
    "what was changed on nodes": built.applied
      .map(({ node, item, refused }) => `${node} ${item} ${refused?.code ?? ""}`)
      .toSorted(),
    "the result": plain({ ...result, data: { ...data, run: null, changed: null }, verdict: countless(result.verdict) }),
    "the card": plain({
      ...card,
      verdict: countless(card.verdict),
      facts: card.facts.filter(([name]) => !["run", "resumed", "changed", "audit"].includes(name)),
      checklist: card.checklist
        .map(({ title, state, sentence }) => ({ title, state, sentence: isRepeated(title) ? "" : sentence }))
        .toSorted((a, b) => a.title.localeCompare(b.title)),
      // Nothing but times, and the journal's: that is looked at for each by itself.
      picture: null,
      startedAt: null,
      endedAt: null,
    }),
  };

  function isRepeated(title: string): boolean {
    return built.events.some(
      (event) => event.kind === "step.started" && event.title === title && repeated.has(event.name),
    );
  }
}

/** What the nodes hold, by their names; the same for all builds from the same secrets. */
export function held(built: Built): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(impersonal(built, built.states));
}

function account(built: Built): unknown {
  const { linodes, disks, configs, addresses, placementGroups, events } = Account.parse(built.account);
  const labelOf = (id: number) => linodes.find((linode) => linode.id === id)?.label ?? "nobody";
  const sorted = (things: readonly unknown[]) => things.map((thing) => canonicalJson(z.json().parse(thing))).toSorted();
  return {
    linodes: sorted(
      linodes.map(({ id: _id, placementGroup, ...rest }) => ({
        ...rest,
        group: placementGroups.find(({ id }) => id === placementGroup)?.label ?? null,
      })),
    ),
    disks: sorted(disks.map(({ linodeId, ...rest }) => ({ ...rest, of: labelOf(linodeId) }))),
    configs: sorted(
      configs.map(({ linodeId, label, devices }) => ({ label, slots: Object.keys(devices), of: labelOf(linodeId) })),
    ),
    addresses: sorted(
      addresses.map(({ linodeId, sharedWith }) => ({ of: labelOf(linodeId), sharedWith: sharedWith.map(labelOf) })),
    ),
    groups: sorted(placementGroups.map(({ label }) => label)),
    events: sorted(events),
  };
}

/** Without the addresses and numbers that the API happened to hand out. */
function impersonal(built: Built, value: unknown): unknown {
  const { nodes, publicAddress } = built.inventory;
  const handedOut = Object.entries(nodes).flatMap(([name, { ipv4, ipv6, linodeId }]) => [
    [ipv4.address, `<ipv4 of ${name}>`],
    [ipv6?.address ?? "-", `<ipv6 of ${name}>`],
    [String(linodeId), `<id of ${name}>`],
  ]);
  const names = new Map([...handedOut, [publicAddress?.address ?? "-", "<public address>"]] as [string, string][]);
  const pattern = [...names.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((text) => RegExp.escape(text))
    .join("|");
  const text = JSON.stringify(value).replaceAll(new RegExp(`(${pattern})(?![0-9a-f])`, "g"), (found) => {
    return names.get(found) ?? found;
  });
  return JSON.parse(text) as unknown;
}

const countless = (verdict: string): string => verdict.replace(/changed: \d+/, "changed: …");

function journalWrongs(events: readonly RunEvent[]): string[] {
  const found: string[] = [];
  if (events.some(({ seq }, at) => seq !== at + 1)) found.push("the journal has gaps");
  if (events.at(-1)?.kind !== "run.finished") found.push("the journal does not end with the end of the run");
  const ended = new Set<string>();
  for (const event of events) {
    if (event.kind === "step.started" && ended.has(event.name)) found.push(`“${event.name}” was done twice`);
    if (event.kind === "step.failed") found.push(`“${event.name}” failed: ${event.failure.message}`);
    if (event.kind !== "step.finished") continue;
    if (ended.has(event.name)) found.push(`“${event.name}” ended twice`);
    ended.add(event.name);
  }
  return found;
}

/** What a step in flight had done before the process died, the journal cannot count; all the rest it must. */
function countWrongs(undisturbed: Built, { ending, events }: Built): string[] {
  const view = events.reduce<RunView | undefined>(project, undefined);
  if (view === undefined) return ["there is no journal"];
  const found: string[] = [];
  const repeated = repeatedSteps(events);
  const expected = undisturbed.events.flatMap((event) => (event.kind === "step.finished" ? [event] : []));
  for (const { name, changed } of expected) {
    const step = view.steps.find((candidate) => candidate.name === name);
    const right = repeated.has(name) ? (step?.changed ?? 0) <= changed : step?.changed === changed;
    if (!right) found.push(`“${name}” says it changed ${step?.changed ?? "nothing"}, not ${changed}`);
  }
  const data = z.object({ changed: z.number() }).parse(ending.result.data);
  if (data.changed !== view.changed) found.push(`the result counts ${data.changed}, the journal ${view.changed}`);
  if (!isDeepStrictEqual(ending.card, JSON.parse(JSON.stringify(runCard(view)))))
    found.push("the card is not the journal's");
  const starts = events.filter((event) => event.kind === "run.started");
  if (view.resumed !== starts.length - 1) found.push("the card counts its interruptions wrong");
  return found;
}

/** The chain holds, it has what the journal has to be kept of, and the card names a head that is in it. */
function auditWrongs({ ending, events, audit: { finding, records } }: Built): string[] {
  const { runId, card } = ending;
  const about = { runId, cluster: null, actor: "" };
  const journaled = events.filter((event) => auditOf(event, "", about) !== undefined).map(({ kind }) => kind);
  const Data = z.object({ run: z.string().optional() });
  const audited = records.filter(({ data }) => Data.parse(data).run === runId).map(({ kind }) => kind);
  const named = card.facts.find(([name]) => name === "audit")?.[1] ?? "no head";
  return [
    ...(finding.ok ? [] : [`record ${finding.seq} of the audit ${finding.why}`]),
    ...(isDeepStrictEqual(audited, journaled) ? [] : ["the audit does not tell what the journal tells"]),
    ...(records.some(({ hash }) => hash.startsWith(named)) ? [] : [`the audit has no head ${named}`]),
  ];
}

/** The first place at which two values differ, in a few words. */
function firstDifference(want: unknown, have: unknown, path = ""): string {
  if (typeof want === "object" && typeof have === "object" && want !== null && have !== null) {
    const [a, b] = [new Map(Object.entries(want)), new Map(Object.entries(have))];
    for (const key of new Set([...a.keys(), ...b.keys()])) {
      if (!isDeepStrictEqual(a.get(key), b.get(key))) return firstDifference(a.get(key), b.get(key), `${path}.${key}`);
    }
  }
  return `${path} is ${JSON.stringify(have)}, not ${JSON.stringify(want)}`;
}
