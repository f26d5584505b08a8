import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { submit } from "../../src/chat/console/client.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { Blueprint } from "../../src/core/cluster.ts";
import { Secret } from "../../src/core/secret.ts";
import { readLab } from "../../src/lab/lab.ts";
import { uplink } from "../../src/lab/network.ts";
import { readSettings } from "../../src/lab/settings.ts";
import { openBot, owner, socketPath } from "../../src/main/bot.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";

const times = 30;
/** Milliseconds between two looks: people wait for an answer before they ask again, and translated machines need a rest. */
const pauseMs = 2000;

/**
 * `/cluster status` from the moment it is typed to the last state of its card, on the nodes of a demo that runs in the
 * lab (`npm run demo`). A bot of its own on a copy of the demo's store asks them; it changes nothing.
 */
export async function* inspect(): AsyncGenerator<object> {
  const config = await labConfig();
  if (config === undefined) {
    yield { bench: "inspect", skipped: "no demo runs in the lab" };
    return;
  }
  const bot = await openBot(await liveConfig(() => Promise.resolve(config)));
  try {
    const look = async () => {
      await setTimeout(pauseMs);
      const start = performance.now();
      const text = "/cluster status demo";
      const { result } = await submit(socketPath(config.stateDir), text, owner, {
        card: () => undefined,
        ask: async () => null,
      });
      return { ms: performance.now() - start, verdict: result.verdict };
    };
    // The first looks open the connections.
    for (let warm = 0; warm < 3; warm += 1) await look();
    const before = await roundTrips(bot.httpUrl);
    const looks: Awaited<ReturnType<typeof look>>[] = [];
    for (let at = 0; at < times; at += 1) looks.push(await look());
    const trips = (await roundTrips(bot.httpUrl)) - before;
    const ms = looks.map((one) => one.ms).toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(ms[Math.ceil(share * ms.length) - 1] ?? 0);
    yield {
      bench: "inspect",
      nodes: 9,
      p50_ms: at(0.5),
      p95_ms: at(0.95),
      round_trips_per_node: trips / times / 9,
      verdicts: [...new Set(looks.map(({ verdict }) => verdict))],
    };
  } finally {
    await bot.close();
    await rm(config.stateDir, { recursive: true, force: true });
  }
}

async function labConfig(): Promise<Config | undefined> {
  const settings = readSettings(process.env);
  const lab = await readLab(settings.stateDir);
  const config = await readConfig({ ...process.env, NONET_CONFIG: "/nonexistent" }, commands);
  const demo = `${config.stateDir}-demo`;
  const key = await readFile(join(demo, "nonet.key")).catch(() => undefined);
  if (lab?.apiUrl == null || key === undefined) return undefined;
  const stateDir = await mkdtemp(join(tmpdir(), "nonet-bench-"));
  const store = new DatabaseSync(join(demo, "nonet.db"), { readOnly: true });
  store.exec(`vacuum into '${join(stateDir, "nonet.db")}'`);
  store.close();
  await copyFile(join(demo, "nonet.key"), join(stateDir, "nonet.key"));
  return {
    ...config,
    stateDir,
    databaseUrl: null,
    linodeToken: new Secret((await readFile(join(settings.stateDir, "token"), "utf8")).trim()),
    linodeUrl: lab.apiUrl,
    http: { host: "127.0.0.1", port: 0 },
    clusters: [Blueprint.parse({ name: "demo", operators: [`${uplink(settings.net).operator}/32`] })],
  };
}

/** Scripts run on nodes so far, by the bot's own count. */
async function roundTrips(httpUrl: string | null): Promise<number> {
  const metrics = await (await fetch(`${httpUrl}/metrics`)).text();
  return Number(/^nonet_ssh_round_trip_seconds_count\{kind="run"\} (\d+)$/m.exec(metrics)?.[1] ?? "0");
}
