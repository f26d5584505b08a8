import type { Sample } from "../core/series.ts";
import { certificates } from "../ops/facts/certificates.ts";
import { clockState } from "../ops/facts/clock.ts";
import { fileSystems } from "../ops/facts/file-systems.ts";
import { filterState } from "../ops/facts/filter.ts";
import { hostState } from "../ops/facts/host.ts";
import { nagiosState } from "../ops/facts/nagios.ts";
import { restarts } from "../ops/facts/restarts.ts";
import { updates } from "../ops/facts/updates.ts";
import { firewallRules } from "../policy/firewall.ts";
import { judgeCertificates, judgeStore, watchedCertificates } from "../policy/watch/certificates.ts";
import { judgeClocks } from "../policy/watch/clocks.ts";
import { together } from "../policy/watch/concern.ts";
import { judgeDisks, percent } from "../policy/watch/disks.ts";
import { judgeFirewall } from "../policy/watch/firewall.ts";
import { judgeHost, type HostBefore } from "../policy/watch/hosts.ts";
import { judgeMaintenance } from "../policy/watch/maintenance.ts";
import { judgeNagios } from "../policy/watch/nagios.ts";
import { judgeRestarts, judgeUpdates } from "../policy/watch/updates.ts";
import { beat, type Beat } from "./beat.ts";
import { addFree, type FreeSpace } from "./free-space.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Rules that change matter at once, and are cheap to read. */
const firewall = beat({
  name: "firewall",
  about: ["firewall"],
  everyMs: 5 * minuteMs,
  facts: (cluster, node) => [filterState(firewallRules(cluster, node))],
  judge: (answers, { cluster }) => ({
    judged: together(...answers.map(({ node, told: [filter] }) => judgeFirewall(cluster, node, filter))),
  }),
});

/** A process that writes without end fills a small disk within minutes. */
const disks = beat({
  name: "disks",
  about: ["disk"],
  everyMs: 2 * minuteMs,
  facts: () => [fileSystems],
  judge: (answers, { now, before }) => {
    // Only this beat writes it.
    const free = addFree((before ?? {}) as FreeSpace, answers, now);
    const judged = answers.map(({ node, told: [found] }) => judgeDisks(node.name, found, free[node.name]));
    const samples = answers.flatMap(({ node, told: [found] }): Sample[] =>
      found.known
        ? found.value.map(({ path, bytes }) => ({
            node: node.name,
            metric: `disk used % ${path}`,
            value: percent(bytes),
          }))
        : [],
    );
    return { judged: together(...judged), samples, keep: free };
  },
});

/** Memory, units that failed, and the load. */
const hosts = beat({
  name: "machines",
  about: ["memory", "oom", "units"],
  everyMs: minuteMs,
  facts: () => [hostState],
  judge: (answers, { before }) => {
    // Only this beat writes it.
    const last = (before ?? {}) as Readonly<Record<string, HostBefore>>;
    const judged = answers.map(({ node, told: [host] }) => judgeHost(node.name, host, last[node.name] ?? null));
    const known = answers.flatMap(({ node: { name }, told: [host] }) => (host.known ? [{ name, ...host.value }] : []));
    const seen = known.map(({ name, uptimeSeconds, outOfMemory }) => [name, { uptimeSeconds, outOfMemory }] as const);
    return {
      judged: together(...judged),
      samples: known.map(({ name: node, load: value }) => ({ node, metric: "load", value })),
      keep: { ...last, ...Object.fromEntries(seen) },
    };
  },
});

const clocks = beat({
  name: "clocks",
  about: ["clock"],
  everyMs: 5 * minuteMs,
  facts: () => [clockState],
  judge: (answers) => ({
    judged: judgeClocks(answers.map(({ node: { name }, told: [told], ...times }) => ({ name, told, ...times }))),
  }),
});

/** What Nagios checks it checks every 30 s. */
const nagios = beat({
  name: "nagios",
  about: ["nagios", "monitoring"],
  everyMs: minuteMs,
  facts: (_cluster, { role }) => (role === "admin" ? [nagiosState] : null),
  judge: (answers, { cluster }) => ({
    judged: together(...answers.map(({ node, told: [state] }) => judgeNagios(node, cluster.nodes, state))),
  }),
});

/** Package lists are fetched once a day. */
const packages = beat({
  name: "updates",
  about: ["updates", "restart"],
  everyMs: 6 * hourMs,
  facts: () => [updates, restarts],
  judge: (answers) => ({
    judged: together(
      ...answers.flatMap(({ node: { name }, told: [waiting, due] }) => [
        judgeUpdates(name, waiting),
        judgeRestarts(name, due),
      ]),
    ),
  }),
});

/** They end on a day that is known long before, on the nodes and in the bot's own store. */
const ends = beat({
  name: "certificates",
  about: ["certificate"],
  everyMs: 6 * hourMs,
  beside: async ({ vault }, { blueprint }) => vault.secrets(blueprint.name),
  facts: (_cluster, { role }) =>
    watchedCertificates[role].length === 0 ? null : [certificates(watchedCertificates[role]), clockState],
  judge: (answers, { now, beside }) => ({
    judged: together(
      ...answers.map(({ node: { name }, told: [held, clock] }) =>
        judgeCertificates({ name, clock: clock.known ? clock.value.at : undefined }, held, now),
      ),
      beside.known ? judgeStore(beside.value, now) : { concerns: [], unknown: ["certificate store"] },
    ),
  }),
});

/** Linode announces days ahead, but for emergencies. */
const announced = beat({
  name: "maintenance",
  about: ["maintenance", "provider"],
  everyMs: 15 * minuteMs,
  beside: ({ cloud }, _cluster, context) => cloud.maintenance(context),
  facts: () => null,
  judge: (_answers, { cluster, now, beside }) => ({ judged: judgeMaintenance(cluster, beside, now) }),
});

/** All of them. */
export const beats: readonly Beat[] = [firewall, disks, hosts, clocks, nagios, packages, ends, announced];
