import { join } from "node:path";
import { openAuthorizer } from "../auth/authorize.ts";
import { approvalRules } from "../auth/approval-rules.ts";
import { closable } from "../chat/closable.ts";
import { openDesk } from "../chat/desk.ts";
import { routesFor } from "../chat/notify.ts";
import { consoleMouth } from "../chat/console/mouth.ts";
import { serveConsole } from "../chat/console/server.ts";
import { linodeCloud } from "../cloud/linode.ts";
import type { Config } from "../config.ts";
import type { Command } from "../core/command.ts";
import type { Desk } from "../core/desk.ts";
import { kindOf, type Mouth } from "../core/mouth.ts";
import { sha256 } from "../core/plan.ts";
import type { Services } from "../core/ports.ts";
import { systemClock } from "../engine/clock.ts";
import { openEngine, type Engine } from "../engine/engine.ts";
import type { EngineOptions } from "../engine/options.ts";
import { openState, type State } from "../engine/state.ts";
import { outside } from "../outside/scan.ts";
import { createFleet, type Fleet, type FleetOptions } from "../ssh/fleet.ts";
import { openChats } from "./chats.ts";
import { openRegistry } from "./registry.ts";
import { reload, type LiveConfig } from "./reload.ts";
import { deskRuns } from "./runs.ts";
import { openTelemetry, type Telemetry } from "./telemetry.ts";
import { openWatch } from "./watch.ts";
import { webServer } from "./web.ts";

/** A bot that runs in this process. */
export interface Bot {
  readonly desk: Desk;
  /** Where the key that seals the secrets came from, in words. */
  readonly keySource: string;
  /** Where health and metrics are; `null` when that is not configured. */
  readonly httpUrl: string | null;
  /** Where people find the web console; `null` when that is not configured. */
  readonly webUrl: string | null;
  /**
   * Begins to watch the clusters, and to hear people in the chats that are configured; consoles are heard from the start.
   * Never rejects.
   */
  listen(): Promise<void>;
  /** Takes no more commands; resolves once no step is under way any more, or after `patienceMs`. */
  drain(patienceMs: number): Promise<void>;
  /** Reads the configuration again; returns what came of it, in one sentence that is in the log as well. */
  reload(): Promise<string>;
  close(): Promise<void>;
}

/** The way to nodes and to a look from outside: SSH and sockets, or simulated nodes. */
export type Reach = (
  state: State,
  current: () => Config,
  onRoundTrip: NonNullable<FleetOptions["onRoundTrip"]>,
) => Promise<Pick<Services, "fleet" | "outside"> & { readonly close: () => void }>;

/** The user of this machine: the one who owns the bot and types at its console. */
export const owner = process.env["USER"] ?? "root";

/** Where the bot's socket for consoles is. */
export const socketPath = (stateDir: string): string => join(stateDir, "console.sock");

/** Opens store, engine and desk, and answers consoles. */
export async function openBot(live: LiveConfig, reach: Reach = overSsh): Promise<Bot> {
  const { current } = live;
  const config = current();
  const registry = await openRegistry(config.extensions);
  const { commands, playbooks } = registry;
  const state = await openState(config, process.env);
  const saveBlueprints = () => saveAll(current().clusters, state);
  await saveBlueprints();
  const telemetry = openTelemetry(config, state, registry);
  const { close, ...reached } = await reach(state, current, telemetry.edges.roundTrip);
  const services = { ...servicesOf(state), cloud: cloudOf(config, telemetry), ...reached };
  const { log } = telemetry;
  const { authorizer, rules } = lawOf(current, commands);
  const console = consoleMouth();
  const chats = openChats({ current, commands, log, onRateLimit: telemetry.edges.rateLimit });
  const engine = await openEngine({
    ...{ state, services, playbooks, log, rules, storeId: await storeIdOf(state), observe: telemetry.observe },
    ...talkOf([console, ...chats.mouths], current, telemetry),
  });
  const watch = openWatch({ state, services, engine, current, telemetry });
  const web = webServer(config.web, log);
  const parts = { commands, services, runs: deskRuns(engine), authorizer, audit: engine.audit, webUrl: web.url };
  const open = closable(openDesk(parts));
  const desk = telemetry.desk(open);
  const stopConsole = await serveConsole(desk, socketPath(config.stateDir), console);
  const bot = {
    desk,
    keySource: state.keySource,
    async listen() {
      watch.begin();
      await chats.listen(desk);
    },
    reload: () => reload(live, saveBlueprints, log),
    async drain(patienceMs: number) {
      open.close();
      await telemetry.stopping();
      const patience = AbortSignal.timeout(patienceMs);
      await Promise.all([watch.stop(patience), engine.drain(patience)]);
    },
    async close() {
      await stopConsole();
      await web.close();
      await chats.close();
      await watch.stop(AbortSignal.abort());
      await engine.close();
      await telemetry.close();
      close();
      await state.close();
    },
  };
  const vital = { store: () => state.clusters.list(), engine: () => engine.check() };
  try {
    await web.open(desk, engine.signIns);
    const ready = { commands: () => open.check(), ...chats.vital };
    return { ...bot, httpUrl: await telemetry.open(vital, ready, chats.routes), webUrl: web.url() };
  } catch (error) {
    await bot.close();
    throw error;
  }
}

/** What the world is as far as this machine knows it. */
function servicesOf({
  clusters,
  sights,
  series,
  watched,
  vault,
}: State): Omit<Services, "cloud" | "fleet" | "outside"> {
  return { clusters, sights, series, watched, vault, clock: systemClock };
}

/** Made with the store and never changed: no other store has it. */
const storeIdOf = async ({ vault }: State): Promise<string> => sha256((await vault.botKey()).publicKey);

/** How people are told. */
function talkOf(
  mouths: readonly Mouth[],
  current: () => Config,
  { edges }: Telemetry,
): Pick<EngineOptions<Engine>, "mouths" | "routesFor" | "onChatFailure"> {
  return {
    mouths,
    routesFor: (about, at) => routesFor(current(), about, at),
    onChatFailure: ({ place, gone }) => edges.chatFailure(kindOf(place), gone),
  };
}

async function saveAll(blueprints: Config["clusters"], { clusters }: State): Promise<void> {
  for (const blueprint of blueprints) await clusters.configure(blueprint);
}

function lawOf(current: () => Config, commands: readonly Command[]) {
  const whoMay = () => current().whoMay;
  const authorizer = openAuthorizer({ current: whoMay, owner, commands, web: current().web });
  return { authorizer, rules: approvalRules(authorizer, whoMay) };
}

function cloudOf({ linodeToken: token, linodeUrl: baseUrl }: Config, { edges }: Telemetry): Services["cloud"] {
  return linodeCloud({ token, baseUrl, onCall: edges.linodeCall });
}

/** Real nodes: one warm connection each, kept per cluster because nodes of two clusters share their names. */
async function overSsh(...[state, current, onRoundTrip]: Parameters<Reach>): ReturnType<Reach> {
  const { privateKey } = await state.vault.botKey();
  const fleets = new Map<string, Fleet>();
  const fleetOf = (cluster: string): Fleet => {
    const fleet = fleets.get(cluster) ?? createFleet({ key: privateKey, onRoundTrip });
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
