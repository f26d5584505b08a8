import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Card } from "../../src/core/card.ts";
import { atConsole } from "../../src/core/caller.ts";
import { Blueprint } from "../../src/core/cluster.ts";
import { differences } from "../../src/core/converge.ts";
import type { Result } from "../../src/core/playbook.ts";
import type { Clock } from "../../src/core/ports.ts";
import type { Target } from "../../src/core/target.ts";
import { systemClock } from "../../src/engine/clock.ts";
import type { State } from "../../src/engine/state.ts";
import { openBot, owner, type Bot, type Reach } from "../../src/main/bot.ts";
import { configuration } from "../../src/main/configuration.ts";
import { openWorld, type World } from "../../src/main/demo-world.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { unitItem } from "../../src/ops/systemd.ts";
import { repository, writePage } from "./page-files.ts";

const php = "php8.2-fpm.service";

let folder: string;
let world: World;
let bot: Bot;

/** Web servers on which PHP was restarted, in order. */
let restarts: string[];
/** What happens on a node right after PHP was restarted there, before the step knows of it. */
let afterRestart: (target: Target, changing: Parameters<Target["apply"]>[1]) => Promise<void>;
/** Waits pass at once. */
let hurry: boolean;
beforeEach(() => {
  restarts = [];
  afterRestart = () => Promise.resolve();
  hurry = false;
});

let offset = 0;
const clock: Clock = {
  now: () => Date.now() + offset,
  sleep: async (milliseconds, signal) => {
    if (!hurry) return systemClock.sleep(milliseconds, signal);
    offset += milliseconds;
  },
};

let nodes: Awaited<ReturnType<Reach>> | undefined;
let latest: State;

/** Simulated nodes that outlive the bot, as real ones do. */
const reach: Reach = async (state, current, onRoundTrip) => {
  latest = state;
  const clusters = {
    ...state.clusters,
    blueprint: (name: string) => latest.clusters.blueprint(name),
    inventory: (name: string) => latest.clusters.inventory(name),
  };
  const { fleet, ...rest } = (nodes ??= await simulatedReach({ ...state, clusters }, current, onRoundTrip));
  const watched: typeof fleet = (cluster, node) => {
    const target = fleet(cluster, node);
    return {
      ...target,
      async apply(found, changing) {
        await target.apply(found, changing);
        if (!found.some(({ item }) => item.operation.name === "restart" && item.key === php)) return;
        restarts.push(node.name);
        await afterRestart(target, changing);
      },
    };
  };
  const reached = { ...rest, fleet: watched, clock };
  return reached;
};

async function open(): Promise<Bot> {
  const config = {
    ...(await configuration({ NONET_CONFIG: join(folder, "nonet.yaml"), NONET_STATE_DIR: join(folder, "state") })),
    linodeToken: world.token,
    linodeUrl: world.apiUrl,
    clusters: [Blueprint.parse({ name: "demo", operators: [`${world.operator}/32`], nodes: { web: { count: 3 } } })],
  };
  return openBot(await liveConfig(() => Promise.resolve(config)), reach);
}

interface Ended {
  readonly card: Card;
  readonly result: Result;
}

/** Types a command and says yes to its plan; returns the run. */
async function start(text: string): Promise<string> {
  const receipt = await bot.desk.submit(text, atConsole(owner));
  if (receipt.kind === "answer") throw new Error(`${text} started no run`);
  return receipt.runId;
}

function ended(runId: string, answerTo = (card: Card) => card.question?.approveWith ?? ""): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let answered = false;
    bot.desk.follow(runId, ({ card, result }) => {
      if (result !== null) resolve({ card, result });
      if (card.question === null || answered) return;
      answered = true;
      bot.desk.decide(runId, atConsole(owner), answerTo(card)).catch(reject);
    });
  });
}

const titles = ({ card }: Ended) => card.checklist.filter(({ state }) => state === "done").map(({ title }) => title);
const stepsOn = (node: string) =>
  ["Note when PHP was started", "Restart PHP", "Wait for the page"].map((title) => `${title} on ${node}`);
const planned = ["Plan", "Approval", "Check the plan once more"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nonet-page-"));
  await writePage(folder);
  world = await openWorld(true, () => undefined);
  bot = await open();
  const built = await ended(await start("/cluster build demo"));
  if (!built.result.ok) throw new Error(built.result.verdict);
}, 120_000);

afterAll(async () => {
  await bot.close();
  await world.remove();
  await rm(folder, { recursive: true, force: true });
});

it("the page's files pass the compiler and the linter", { timeout: 60_000 }, async () => {
  const run = promisify(execFile);
  const bin = (name: string) => join(repository, "node_modules/.bin", name);
  await run(bin("tsc"), ["-p", "my-nonet"], { cwd: folder });
  const { stdout } = await run(bin("oxlint"), ["--type-aware", "--deny-warnings", "my-nonet"], { cwd: folder });
  expect(stdout).toMatch(/on 4 files/);
});

it("the command is found by its folder", () => {
  const commands = bot.desk.commandsFor(atConsole(owner));
  expect(commands.map(({ name }) => name)).toContain("web restart");
});

it("the run of the page that asks goes on with a yes, and not without", async () => {
  let asked: Card | undefined;
  const refused = await ended(await start("/db promote demo"), (card) => {
    asked = card;
    return "no";
  });
  expect(refused.result).toMatchObject({ ok: false, verdict: "db2 was not promoted." });
  expect(asked?.facts).toEqual(
    expect.arrayContaining([
      ["db1", "has not answered for 40 s"],
      ["db2", "0 s behind"],
    ]),
  );
  expect(asked?.question?.text).toContain("Make db2 the writer?");
  expect(asked?.question?.text).toMatch(/Without an answer by \d\d:\d\d UTC the site stays read-only\./);
  const approved = await ended(await start("/db promote demo"));
  expect(approved.result).toMatchObject({ ok: true, verdict: "db2 was promoted." });
});

it("restarts PHP on one web server after the other, each proven before the next", async () => {
  const end = await ended(await start("/web restart demo"));
  expect(end.result).toMatchObject({ ok: true, verdict: "PHP runs anew on 3 web servers of demo; all of them serve." });
  expect(end.card.title).toBe("/web restart demo");
  expect(titles(end)).toEqual([...planned, ...stepsOn("web1"), ...stepsOn("web2"), ...stepsOn("web3")]);
  expect(restarts).toEqual(["web1", "web2", "web3"]);
});

it("goes on after a crash between the restart and the end of its step, and restarts nothing twice", async () => {
  const crashed = Promise.withResolvers<void>();
  afterRestart = ({ node }) => {
    if (node !== "web1") return Promise.resolve();
    crashed.resolve();
    return new Promise(() => undefined);
  };
  const runId = await start("/web restart demo");
  const answered = ended(runId);
  await Promise.race([crashed.promise, answered]);
  await bot.close();
  expect(restarts).toEqual(["web1"]);
  afterRestart = () => Promise.resolve();
  bot = await open();
  const end = await ended(runId);
  expect(end.result.ok).toBe(true);
  expect(end.card.facts).toContainEqual(["resumed", "1 time after an interruption"]);
  expect(restarts).toEqual(["web1", "web2", "web3"]);
});

it("stops at a web server that does not come back, says so, and leaves the others alone", async () => {
  afterRestart = async (target, changing) => {
    if (target.node !== "web2") return;
    hurry = true;
    await target.apply(await differences(target, [unitItem(php, { running: false })], changing), changing);
  };
  const end = await ended(await start("/web restart demo"));
  expect(end.result.ok).toBe(false);
  expect(end.card.verdict).toMatch(/^web2: It does not serve its page: .*Done before: web1\. Not touched: web3\./);
  expect(titles(end)).toEqual([...planned, ...stepsOn("web1"), ...stepsOn("web2").slice(0, 2)]);
  expect(restarts).toEqual(["web1", "web2"]);
});
