import type { Cloud } from "../../src/core/cloud.ts";
import { nodesWith, pairRoles, type Cluster } from "../../src/core/cluster.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { Told } from "../../src/core/fact.ts";
import type { Services } from "../../src/core/ports.ts";
import type { Asked } from "../../src/ops/facts/together.ts";
import { firewallRules } from "../../src/policy/firewall.ts";
import { watchedUnits } from "../../src/policy/watched.ts";
import { simulatedTarget } from "../../src/sim/target.ts";
import { stateName, type States } from "../../src/sim/world.ts";

/** Simulated nodes of a cluster that is whole, and what a test does to them behind the bot's back. */
export interface WatchedNodes {
  readonly reached: Pick<Services, "fleet" | "cloud">;
  /** Names of nodes that do not answer. */
  readonly dead: Set<string>;
  /** What the provider says of machines that do not run: `offline`, by name. */
  readonly machines: Map<string, string>;
  /** From now on a node tells this of a fact. */
  // Who tells a fact knows what its value is.
  // oxlint-disable-next-line no-unnecessary-type-parameters
  tell<T extends object>(node: string, fact: string, change: (value: T) => unknown): void;
  /** A fact cannot be read from now on. */
  hide(node: string, fact: string): void;
  /** All as it was at first. */
  heal(): void;
  /** Round trips so far, by node. */
  readonly trips: Map<string, number>;
  /** What clocks of nodes say; milliseconds since 1970. */
  now: () => number;
}

/** Makes them. */
export function watchedNodes(cluster: Cluster): WatchedNodes {
  const states = new Map(cluster.nodes.map((node) => [node.name, stateOf(cluster, node.name)]));
  const dead = new Set<string>();
  const machines = new Map<string, string>();
  const changes = new Map<string, (told: Told<unknown>) => Told<unknown>>();
  const trips = new Map<string, number>();
  const fleet: Services["fleet"] = (_cluster, { name }) => {
    const node = cluster.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    const target = simulatedTarget(node, states.get(name) ?? new Map(), async () => ({ cluster, states }), 0);
    return {
      ...target,
      async read(facts, patience) {
        trips.set(name, (trips.get(name) ?? 0) + 1);
        if (dead.has(name))
          throw new OpsError({ code: "unreachable", node: name, message: `${name} does not answer.` });
        const [told] = (await target.read(facts, patience)) as unknown as [readonly Told<unknown>[]];
        const asked = facts[0]?.query as readonly Asked[];
        const all = told.map((one, at) => {
          const dated = { known: true, value: datedBy(asked[at], nodes.now()) } as const;
          const own = dated.value === undefined ? one : dated;
          return changes.get(`${name} ${asked[at]?.name}`)?.(own) ?? own;
        });
        return [all] as never;
      },
    };
  };
  const cloud = {
    listNodes: async () =>
      cluster.nodes.map(({ name, linodeId: id }) => ({ id, status: machines.get(name) ?? "running" })),
    maintenance: async () => ({ maintenance: [], notifications: [] }),
    addresses: async (id: number) => {
      const own = cluster.nodes.find(({ linodeId }) => linodeId === id)?.ipv4.address ?? "";
      const { address } = cluster.floating.lb;
      const isFirst = nodesWith(cluster, "lb")[0]?.linodeId === id;
      return { ipv4: { address: own }, extra: isFirst ? [address] : [], shared: isFirst ? [] : [address] };
    },
  } as unknown as Cloud;
  const nodes: WatchedNodes = {
    reached: { fleet, cloud },
    ...{ dead, machines, trips, now: () => Date.now() },
    tell: (node, fact, change) =>
      void changes.set(`${node} ${fact}`, (told) =>
        told.known ? { known: true, value: change(told.value as never) } : told,
      ),
    hide: (node, fact) => void changes.set(`${node} ${fact}`, () => ({ known: false, why: "it cannot be read" })),
    heal: () => [dead, machines, changes].forEach((each) => each.clear()),
  };
  return nodes;
}

/** What depends on the time: it is that of the test. */
function datedBy(asked: Asked | undefined, at: number): unknown {
  const year = 365 * 86_400_000;
  if (asked?.name === "clock") return { at, kept: true, follows: { source: "simulated", seconds: 0, heardAt: at } };
  if (asked?.name !== "certificates") return undefined;
  return Object.fromEntries(
    (asked.query as readonly string[]).map((what) => [what, [{ from: at - year, until: at + year }]]),
  );
}

/** What the operations of a build left on a node. */
function stateOf(cluster: Cluster, name: string): States {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`there is no node ${name}`);
  const states: States = new Map();
  for (const word of watchedUnits[node.role]) {
    const unit = `${word}.service`;
    states.set(stateName("systemd unit", unit), { unit, running: true, enabled: true });
  }
  states.set(stateName("firewall", "rules"), { ...firewallRules(cluster, node) });
  if (pairRoles.some((role) => nodesWith(cluster, role)[0]?.name === name)) {
    states.set(stateName("pacemaker configuration", "pair"), {});
  }
  if (node.role === "db") states.set(stateName("replication", "peer"), {});
  if (node.role === "admin") {
    const path = "/etc/nagios4/nonet.cfg";
    const content = cluster.nodes.map((one) => `define host {\n  host_name ${one.name}\n}\n`).join("");
    states.set(stateName("file", path), { path, content });
  }
  return states;
}
