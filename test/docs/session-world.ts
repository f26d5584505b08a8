import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { differences } from "../../src/core/converge.ts";
import type { Node } from "../../src/core/cluster.ts";
import type { Target } from "../../src/core/target.ts";
import { openBot, socketPath, type Reach } from "../../src/main/bot.ts";
import { configuration } from "../../src/main/configuration.ts";
import { openWorld } from "../../src/main/demo-world.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { unitItem } from "../../src/ops/systemd.ts";
import { openConsole, type Console } from "./console.ts";

/** Milliseconds a look at a node takes, so that people can keep up. */
const slowMs = 300;

/** A bot on simulated nodes, with its `nonet.yaml`. */
export interface SessionWorld {
  console(user: string): Console;
  /** Adds a network to `operators` in the file and has the bot read it, as `kill -HUP` does; returns what it says. */
  addOperators(network: string): Promise<string>;
  /** Stops a unit on a node behind the bot's back. */
  stopUnit(node: string, unit: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a bot whose cluster `demo` is not built yet; alice and bob are admins. */
export async function openSessionWorld(): Promise<SessionWorld> {
  const folder = await mkdtemp(join(tmpdir(), "nonet-session-"));
  const world = await openWorld(true, () => undefined);
  const file = join(folder, "nonet.yaml");
  const stateDir = join(folder, "state");
  const write = (...operators: readonly string[]) => writeFile(file, yaml([`${world.operator}/32`, ...operators]));
  await write();
  const nodes = new Map<string, readonly [Target, Parameters<Target["apply"]>[1]]>();
  const reach: Reach = async (...parts) => {
    const { fleet, ...rest } = await simulatedReach(...parts);
    const watched = (cluster: string, node: Node): Target => {
      const target = fleet(cluster, node);
      return {
        ...target,
        check: async (items, patience) => {
          await delay(slowMs);
          return target.check(items, patience);
        },
        apply: (found, changing) => {
          nodes.set(node.name, [target, changing]);
          return target.apply(found, changing);
        },
      };
    };
    return { ...rest, fleet: watched };
  };
  const read = async () => ({
    ...(await configuration({ NONET_CONFIG: file, NONET_STATE_DIR: stateDir })),
    linodeToken: world.token,
    linodeUrl: world.apiUrl,
    scanFrom: world.stranger,
  });
  const bot = await openBot(await liveConfig(read), reach);
  const consoles: Console[] = [];
  return {
    console: (user) => {
      const opened = openConsole(socketPath(stateDir), user, join(folder, `${user}-${consoles.length}`));
      consoles.push(opened);
      return opened;
    },
    addOperators: async (network) => {
      await write(network);
      return bot.reload();
    },
    stopUnit: async (name, unit) => {
      const [target, changing] = nodes.get(name) ?? [];
      if (target === undefined || changing === undefined) throw new Error(`${name} was never changed`);
      const patience = { ...changing, signal: new AbortController().signal };
      await target.apply(
        await differences(target, [unitItem(unit, { running: false, enabled: false })], patience),
        patience,
      );
    },
    close: async () => {
      for (const each of consoles) await each.close();
      await bot.close();
      await world.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const yaml = (operators: readonly string[]): string => `people:
  - { name: alice, console: alice, roles: [admin] }
  - { name: bob, console: bob, roles: [admin] }
clusters:
  - name: demo
    operators: [${operators.join(", ")}]
`;
