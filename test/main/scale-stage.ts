import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linodeCloud } from "../../src/cloud/linode.ts";
import { readConfig } from "../../src/config.ts";
import type { Card } from "../../src/core/card.ts";
import { atConsole } from "../../src/core/caller.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { Result } from "../../src/core/playbook.ts";
import type { Clock, Services } from "../../src/core/ports.ts";
import type { Target } from "../../src/core/target.ts";
import { systemClock } from "../../src/engine/clock.ts";
import type { State } from "../../src/engine/state.ts";
import { openBot, owner, type Bot, type Reach } from "../../src/main/bot.ts";
import { openWorld, configIn } from "../../src/main/demo-world.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { httpGet } from "../../src/ops/facts/http.ts";
import type { Asked } from "../../src/ops/facts/together.ts";

/** What a test hears of nodes and visitors, and what it has them do. */
interface Play {
  /** Each change of a node, in order: `db1 firewall`, `lb1 /etc/nginx/nginx.conf`. */
  readonly changes: string[];
  /** What visitors got after each change that was no whole page. */
  readonly failed: string[];
  /** What happens on a node right after a change, before the step knows of it. */
  afterChange(target: Target, changed: readonly string[], changing: Parameters<Target["apply"]>[1]): Promise<void>;
  /** A web server that a balancer stays connected to. */
  lingering: string | null;
  /** Waits pass at once. */
  hurry: boolean;
  /** Label of a machine that the provider does not create. */
  refused: string | null;
}

const calm = (): Play => ({
  changes: [],
  failed: [],
  afterChange: () => Promise.resolve(),
  lingering: null,
  hurry: false,
  refused: null,
});

/** How a run ended. */
interface Ended {
  readonly card: Card;
  readonly result: Result;
  /** The cards that asked. */
  readonly asked: readonly Card[];
}

/** A bot with the cluster `demo` on simulated nodes that outlive it, and visitors who look after every change. */
export async function openStage() {
  const stateDir = await mkdtemp(join(tmpdir(), "nonet-scale-"));
  const world = await openWorld(true, () => undefined);
  let play = calm();
  let latest: State | undefined;
  let nodes: Awaited<ReturnType<Reach>> | undefined;
  const clusters = () => {
    if (latest === undefined) throw new Error("no bot was opened yet");
    return latest.clusters;
  };
  let offset = 0;
  const clock: Clock = {
    now: () => Date.now() + offset,
    sleep: async (milliseconds, signal) => {
      // Longer ones are none of a playbook's.
      if (milliseconds > 2000) return systemClock.sleep(milliseconds, signal);
      if (play.hurry) offset += milliseconds;
      await systemClock.sleep(20, signal);
    },
  };
  /** A visitor's tries through the public address; all that is no whole page. */
  const visit = async (fleet: Services["fleet"]): Promise<string[]> => {
    const inventory = await clusters().inventory("demo");
    const [admin, address] = [inventory?.nodes["admin1"], inventory?.publicAddress?.address];
    if (admin === undefined || address === undefined) return [];
    const target = fleet("demo", { name: "admin1", ...admin });
    const [answers] = await target.read([httpGet(`http://${address}/`, 20)], { signal: AbortSignal.timeout(5000) });
    return answers.flatMap(({ status, body }) => (status === 200 ? [] : [`${status} ${body}`]));
  };
  const watched =
    (fleet: Services["fleet"]): Services["fleet"] =>
    (cluster, node) => {
      const target = fleet(cluster, node);
      return {
        ...target,
        async read(facts, patience) {
          const [told] = facts.map(({ query }) => query as readonly Asked[]);
          if (node.name !== play.lingering || told?.[0]?.name !== "connections") return target.read(facts, patience);
          return [[{ known: true, value: ["10.10.0.11"] }]] as never;
        },
        async apply(found, changing) {
          await target.apply(found, changing);
          const changed = found.map(({ item }) => (item.operation.name === "firewall" ? "firewall" : item.key));
          play.changes.push(...changed.map((what) => `${node.name} ${what}`));
          play.failed.push(...(await visit(fleet)).map((answer) => `${node.name} ${changed.join(" ")}: ${answer}`));
          await play.afterChange(target, changed, changing);
        },
      };
    };
  const real = linodeCloud({ token: world.token, baseUrl: world.apiUrl });
  const refusal = new OpsError({ code: "cloud_quota", message: "Linode refused it (Account Limit reached)." });
  const cloud: Services["cloud"] = {
    ...real,
    ensureNode: (spec, context) =>
      spec.label === play.refused ? Promise.reject(refusal) : real.ensureNode(spec, context),
  };
  const reach: Reach = async (state, current, onRoundTrip) => {
    latest = state;
    const now = {
      ...state.clusters,
      blueprint: (name: string) => clusters().blueprint(name),
      inventory: (name: string) => clusters().inventory(name),
    };
    const { fleet, ...rest } = (nodes ??= await simulatedReach({ ...state, clusters: now }, current, onRoundTrip));
    const reached = { ...rest, fleet: watched(fleet), clock, cloud };
    return reached;
  };
  const open = async (): Promise<Bot> => {
    const config = {
      ...(await readConfig({ NONET_CONFIG: "/nonexistent" }, commands)),
      stateDir,
      ...configIn(world),
    };
    return openBot(await liveConfig(() => Promise.resolve(config)), reach);
  };
  let bot = await open();
  const start = async (text: string): Promise<string> => {
    const receipt = await bot.desk.submit(text, atConsole(owner));
    if (receipt.kind === "answer") throw new Error(`${text} started no run`);
    return receipt.runId;
  };
  /** Follows a run to its end, and answers what it asks one after the other: yes where nothing is given. */
  const ended = (runId: string, answers: readonly string[] = []) =>
    new Promise<Ended>((resolve, reject) => {
      const asked: Card[] = [];
      bot.desk.follow(runId, ({ card, result }) => {
        if (result !== null) resolve({ card, result, asked });
        const { question } = card;
        if (question === null || asked.at(-1)?.question?.text === question.text) return;
        asked.push(card);
        bot.desk.decide(runId, atConsole(owner), answers[asked.length - 1] ?? question.approveWith).catch(reject);
      });
    });
  return {
    play: () => play,
    calm: () => (play = calm()),
    start,
    ended,
    type: async (text: string, answers?: readonly string[]) => ended(await start(text), answers),
    wanted: async () => (await clusters().blueprint("demo"))?.nodes.web.count,
    webs: async () =>
      Object.keys((await clusters().inventory("demo"))?.nodes ?? {}).filter((name) => name.startsWith("web")),
    close: () => bot.close(),
    async reopen() {
      bot = await open();
    },
    async remove() {
      await bot.close();
      await world.remove();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Titles of the steps that were done, in their order. */
export const titles = ({ card }: Ended) =>
  card.checklist.filter(({ state }) => state === "done").map(({ title }) => title);
