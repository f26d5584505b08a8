import { nodesWith, type Node } from "../core/cluster.ts";
import { untold } from "../core/fact.ts";
import { reveal, type Text } from "../core/secret.ts";
import type { NagiosState } from "../ops/facts/nagios.ts";
import type { Asked } from "../ops/facts/together.ts";
import { usedServers } from "../ops/facts/upstream.ts";
import { knock, listeningOn, sourceFor } from "./ports.ts";
import { machines, truths, type Answer } from "./truths.ts";
import { isRunning, nodeAt, statesOf, type World } from "./world.ts";

/** By name of the fact. A fact that is not here cannot be asked of simulated nodes. */
export const answers: Readonly<Record<string, Answer>> = {
  ...truths,
  ...machines,
  together: (world, node, query) =>
    (query as readonly Asked[]).map(({ name, query: own }) => {
      const answer = answers[name];
      if (answer === undefined) return untold(`simulated nodes cannot tell ${name}`);
      return { known: true, value: answer(world, node, own) };
    }),
  ready: () => true,
  "unit states": (world, node, query) =>
    Object.fromEntries(
      (query as readonly string[]).map((unit) => [unit, isRunning(world, node.name, unit) ? "active" : "inactive"]),
    ),
  "unit start": (world, node, query) => {
    if (!isRunning(world, node.name, String(query))) return null;
    const restart = statesOf(world, node.name, "restart").find(({ unit }) => unit === query);
    // Any other time will do for the process that came after the one noted.
    const started = restart === undefined ? performance.timeOrigin : Date.parse(String(restart["before"])) + 1000;
    return new Date(started).toISOString().replace("T", " ").replace("Z", " UTC");
  },
  "listening ports": (world, node) => listeningOn(world, node),
  "port scan": (world, node, query) =>
    Object.fromEntries(
      (query as readonly { address: string; ports: readonly number[] }[]).map(({ address, ports }) => {
        const source = sourceFor(node, address, world.cluster.blueprint.network.vlan);
        return [address, Object.fromEntries(ports.map((port) => [port, knock(world, source, address, port)]))];
      }),
    ),
  "used servers": servedBy,
  // Balancers keep a connection open to each server they use.
  connections: (world, node, query) =>
    query === 80
      ? nodesWith(world.cluster, "lb").flatMap((lb) =>
          servedBy(world, lb).includes(node.privateIp ?? "") ? [lb.privateIp ?? ""] : [],
        )
      : [],
  "http get": (world, node, query) => pages(world, node, query as { url: string; times: number }),
  "nagios checks": (world): NagiosState => {
    const now = Math.floor(Date.now() / 1000);
    const [admin] = nodesWith(world.cluster, "admin");
    if (!isRunning(world, admin?.name ?? "", "nagios4")) return { now, written: null, checking: false, checks: [] };
    const well = { service: null, checked: true, state: "ok", hard: true, silenced: false, flapping: false } as const;
    const watched = textOf(world, admin?.name ?? "", "/etc/nagios4/nonet.cfg");
    const hosts = [...watched.matchAll(/^define host \{\n[^}]*? host_name (\S+)/gm)].map(([, host = ""]) => host);
    const checks = hosts.map((host) => ({
      host,
      ...well,
      says: "simulated",
      since: 0,
      last: now,
    }));
    return { now, written: now, checking: true, checks };
  },
};

/** From one web server, or round robin over all of them, as far as every hop's firewall lets the request through. */
function pages(world: World, from: Node, { url, times }: { url: string; times: number }) {
  const { hostname, protocol } = new URL(url);
  const port = protocol === "https:" ? 443 : 80;
  const asked = nodeAt(world, hostname)?.node;
  const source = sourceFor(from, hostname, world.cluster.blueprint.network.vlan);
  const entered = asked?.name === from.name || knock(world, source, hostname, port) === "open";
  if (asked === undefined || !entered) return Array.from({ length: times }, () => ({ status: 0, body: "" }));
  if (asked.role === "web") return Array.from({ length: times }, () => pageOf(world, asked));
  const webs = servedBy(world, asked).flatMap((address) => nodeAt(world, address)?.node ?? []);
  return Array.from({ length: times }, (_, at) => {
    const web = webs[at % webs.length];
    const open = web !== undefined && knock(world, asked.privateIp ?? "", web.privateIp ?? "", 80) === "open";
    return open ? pageOf(world, web) : { status: 502, body: "" };
  });
}

/** What the configuration of a balancer names. */
function servedBy(world: World, { name }: Node): readonly string[] {
  const conf = textOf(world, name, "/etc/nginx/nginx.conf");
  return conf === "" ? [] : usedServers.parse(conf);
}

/** What a file holds; nothing where there is none. */
function textOf(world: World, name: string, path: string): string {
  const found = statesOf(world, name, "file").find((file) => file["path"] === path);
  return found === undefined ? "" : reveal(found["content"] as Text);
}

function pageOf(world: World, web: Node) {
  if (!isRunning(world, web.name, "nginx")) return { status: 0, body: "" };
  if (!isRunning(world, web.name, "php8.2-fpm")) return { status: 502, body: "" };
  const { db, nfs } = world.cluster.floating;
  const reached = (address: string, target: number) => knock(world, web.privateIp ?? "", address, target) === "open";
  const row = reached(db.address, 3306) && someRow(world) ? "row" : null;
  const file = reached(nfs.address, 2049) ? "file" : null;
  const ok = row !== null && file !== null;
  return { status: ok ? 200 : 503, body: JSON.stringify({ ok, server: web.name, row, file }) };
}

function someRow(world: World): boolean {
  return nodesWith(world.cluster, "web").some(({ name }) => statesOf(world, name, "database row").length > 0);
}
