import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import pino from "pino";
import { openAuthorizer } from "../auth/authorize.ts";
import { openDesk } from "../chat/desk.ts";
import { serveConsole } from "../chat/console/server.ts";
import { linodeCloud } from "../cloud/linode.ts";
import type { Config } from "../config.ts";
import type { Desk } from "../core/desk.ts";
import { sha256 } from "../core/plan.ts";
import type { Services } from "../core/ports.ts";
import { systemClock } from "../engine/clock.ts";
import { openEngine } from "../engine/engine.ts";
import { openState, type State } from "../engine/state.ts";
import { outside } from "../outside/scan.ts";
import { createFleet, type Fleet } from "../ssh/fleet.ts";
import { commands, playbooks } from "./registry.ts";
import { reload, type LiveConfig } from "./reload.ts";
import { deskRuns } from "./runs.ts";

/** A bot that runs in this process. */
export interface Bot {
  readonly desk: Desk;
  /** Where the key that seals the secrets came from, in words. */
  readonly keySource: string;
  /** Reads the configuration again; returns what came of it, in one sentence that is in the log as well. */
  reload(): Promise<string>;
  close(): Promise<void>;
}

/** The way to nodes and to a look from outside: SSH and sockets, or simulated nodes. */
export type Reach = (
  state: State,
  current: () => Config,
) => Promise<Pick<Services, "fleet" | "outside"> & { readonly close: () => void }>;

/** The user of this machine: the one who owns the bot and types at its console. */
export const owner = process.env["USER"] ?? "root";

/** Where the bot's socket for consoles is. */
export const socketPath = (stateDir: string): string => join(stateDir, "console.sock");

/** Opens store, engine and desk, and answers consoles. */
export async function openBot(live: LiveConfig, reach: Reach = overSsh): Promise<Bot> {
  const { current } = live;
  const config = current();
  await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
  const state = await openState(config, process.env);
  const saveBlueprints = async () => {
    for (const blueprint of current().clusters) await state.clusters.saveBlueprint(blueprint);
  };
  await saveBlueprints();
  const { close, ...reached } = await reach(state, current);
  const services: Services = {
    cloud: linodeCloud({ token: config.linodeToken, baseUrl: config.linodeUrl }),
    clusters: state.clusters,
    vault: state.vault,
    clock: systemClock,
    ...reached,
  };
  const log = pino({ level: config.logLevel }, pino.destination(join(config.stateDir, "nonet.log")));
  // Made with the store and never changed: no other store has it.
  const storeId = await sha256((await state.vault.botKey()).publicKey);
  const authorizer = openAuthorizer({ current: () => current().whoMay, owner, commands });
  const { hasSecondPerson } = authorizer;
  const engine = await openEngine({ state, services, playbooks, log, hasSecondPerson, storeId });
  const desk = openDesk({ commands, services, runs: deskRuns(engine), authorizer });
  const stopConsole = await serveConsole(desk, socketPath(config.stateDir));
  return {
    desk,
    keySource: state.keySource,
    reload: () => reload(live, saveBlueprints, log),
    async close() {
      await stopConsole();
      await engine.close();
      close();
      await state.close();
    },
  };
}

/** Real nodes: one warm connection each, kept per cluster because nodes of two clusters share their names. */
async function overSsh(state: State, current: () => Config): ReturnType<Reach> {
  const { privateKey } = await state.vault.botKey();
  const fleets = new Map<string, Fleet>();
  const fleetOf = (cluster: string): Fleet => {
    const fleet = fleets.get(cluster) ?? createFleet({ key: privateKey });
    fleets.set(cluster, fleet);
    return fleet;
  };
  return {
    outside: outside(current().scanFrom),
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
