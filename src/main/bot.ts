import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { closable } from "../chat/closable.ts";
import { openDesk, onlyOwner } from "../chat/desk.ts";
import { serveConsole } from "../chat/console/server.ts";
import { linodeCloud } from "../cloud/linode.ts";
import type { Config } from "../config.ts";
import type { Desk } from "../core/desk.ts";
import type { Services } from "../core/ports.ts";
import { systemClock } from "../engine/clock.ts";
import { openEngine } from "../engine/engine.ts";
import { openState, type State } from "../engine/state.ts";
import { outside } from "../outside/scan.ts";
import { createFleet, type Fleet, type FleetOptions } from "../ssh/fleet.ts";
import { commands, playbooks } from "./registry.ts";
import { deskRuns } from "./runs.ts";
import { openTelemetry } from "./telemetry.ts";

/** A bot that runs in this process. */
export interface Bot {
  readonly desk: Desk;
  /** Where the key that seals the secrets came from, in words. */
  readonly keySource: string;
  /** Where health and metrics are; `null` when that is not configured. */
  readonly httpUrl: string | null;
  /** Takes no more commands; resolves once no step is under way any more, or after `patienceMs`. */
  drain(patienceMs: number): Promise<void>;
  close(): Promise<void>;
}

/** The way to nodes and to a look from outside: SSH and sockets, or simulated nodes. */
export type Reach = (
  state: State,
  config: Config,
  onRoundTrip: NonNullable<FleetOptions["onRoundTrip"]>,
) => Promise<Pick<Services, "fleet" | "outside"> & { readonly close: () => void }>;

/** The user of this machine: the one who owns the bot and types at its console. */
export const owner = process.env["USER"] ?? "root";

/** Where the bot's socket for consoles is. */
export const socketPath = (stateDir: string): string => join(stateDir, "console.sock");

/** Opens store, engine and desk, and answers consoles. */
export async function openBot(config: Config, reach: Reach = overSsh): Promise<Bot> {
  await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
  const state = openState(config.stateDir, process.env);
  for (const blueprint of config.clusters) await state.clusters.saveBlueprint(blueprint);
  const telemetry = openTelemetry(config, state);
  const { close, ...reached } = await reach(state, config, telemetry.edges.roundTrip);
  const services: Services = {
    cloud: linodeCloud({
      token: config.linodeToken,
      baseUrl: config.linodeUrl,
      onCall: telemetry.edges.linodeCall,
    }),
    clusters: state.clusters,
    vault: state.vault,
    clock: systemClock,
    ...reached,
  };
  const { log, observe } = telemetry;
  const engine = await openEngine({ state, services, playbooks, log, secondPerson: false, observe });
  const open = closable(openDesk({ commands, services, runs: deskRuns(engine), authorize: onlyOwner(owner) }));
  const desk = telemetry.desk(open);
  const stopConsole = await serveConsole(desk, socketPath(config.stateDir));
  const bot = {
    desk,
    keySource: state.keySource,
    async drain(patienceMs: number) {
      open.close();
      await telemetry.stopping();
      await engine.drain(AbortSignal.timeout(patienceMs));
    },
    async close() {
      await stopConsole();
      await engine.close();
      await telemetry.close();
      close();
      state.close();
    },
  };
  const vital = { store: () => state.clusters.list(), engine: () => engine.check() };
  const httpUrl = await telemetry.open(vital, { commands: () => open.check() }).catch(async (error: unknown) => {
    await bot.close();
    throw error;
  });
  return { ...bot, httpUrl };
}

/** Real nodes: one warm connection each, kept per cluster because nodes of two clusters share their names. */
async function overSsh(...[state, config, onRoundTrip]: Parameters<Reach>): ReturnType<Reach> {
  const { privateKey } = await state.vault.botKey();
  const fleets = new Map<string, Fleet>();
  const fleetOf = (cluster: string): Fleet => {
    const fleet = fleets.get(cluster) ?? createFleet({ key: privateKey, onRoundTrip });
    fleets.set(cluster, fleet);
    return fleet;
  };
  return {
    outside: outside(config.scanFrom),
    fleet: (cluster, node) =>
      fleetOf(cluster).target({
        name: node.name,
        host: node.ipv4.address,
        port: node.sshPort,
        otherPorts: node.sshPort === 322 ? [22] : [322],
        hostKey: node.hostKey,
      }),
    close: () => fleets.forEach((fleet) => fleet.close()),
  };
}
