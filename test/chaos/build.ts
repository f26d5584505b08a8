import { plannedNodes } from "../../src/core/cluster.ts";
import type { Inventory } from "../../src/core/cluster.ts";
import type { AuditFinding, AuditRecord } from "../../src/core/audit.ts";
import type { RunEvent } from "../../src/core/journal.ts";
import { openChain } from "../../src/engine/audit.ts";
import { eventsOf } from "../../src/engine/feed.ts";
import { openState, type Place } from "../../src/engine/state.ts";
import { key } from "../engine/fixture.ts";
import { openStandIn, type StandIn } from "../fakes/stand-in-nodes.ts";
import { blueprint } from "./blueprint.ts";
import type { Life } from "./bot.ts";
import { startBot, type Bot, type Ending } from "./lives.ts";
import type { Moment } from "./moments.ts";

/** Nodes and an API of its own, and a store: what bots that live one after the other build with. */
export interface Site {
  readonly place: Place;
  readonly standIn: StandIn;
  start(life?: Partial<Pick<Life, "end" | "follows" | "stateDir">>): Bot;
}

/** Everything that is left of a build. */
export interface Built {
  readonly ending: Ending;
  readonly events: readonly RunEvent[];
  readonly inventory: Inventory;
  readonly states: ReturnType<StandIn["states"]>;
  readonly applied: StandIn["applied"];
  readonly account: unknown;
  readonly audit: { readonly finding: AuditFinding; readonly records: readonly AuditRecord[] };
}

/** Opens a site for as long as `work` takes. */
export async function onSite<T>(place: Place, work: (site: Site) => Promise<T>): Promise<T> {
  const standIn = await openStandIn(plannedNodes(blueprint).map(({ name }) => name));
  const bots: Bot[] = [];
  const { apiUrl, token, ports } = standIn;
  const databaseUrl = place.databaseUrl?.reveal() ?? null;
  const usual = { stateDir: place.stateDir, follows: null, end: null };
  const start: Site["start"] = (life) => {
    const bot = startBot({ ...usual, ...life, databaseUrl, apiUrl, token, ports });
    bots.push(bot);
    return bot;
  };
  try {
    return await work({ place, standIn, start });
  } finally {
    for (const { process } of bots) process.kill("SIGKILL");
    await standIn.close();
  }
}

/** Builds undisturbed; also tells the moments passed, in their order. */
export async function buildOnce(place: Place): Promise<Built & { readonly moments: readonly Moment[] }> {
  return onSite(place, async (site) => {
    const bot = site.start();
    return { ...(await look(site, bot)), moments: bot.moments };
  });
}

/** Builds with bots that die at one of these moments each, one after the other, and another that comes after them. */
export async function buildThrough(place: Place, moments: readonly Moment[]): Promise<Built> {
  return onSite(place, async (site) => {
    let follows: string | null = null;
    const passed = new Set<Moment>();
    for (const moment of moments) {
      // At one that was passed already the next bot would die without having done anything.
      if (passed.has(moment)) throw new Error(`“${moment}” was passed before it was its turn`);
      const victim = site.start({ follows, end: { moment, signal: "SIGKILL" } });
      await victim.gone;
      if (victim.process.signalCode !== "SIGKILL") throw new Error(`the bot did not die at “${moment}”`);
      // The run may end before the next bot could be told the command again, which would then begin a new one.
      follows ??= victim.runId();
      victim.moments.forEach((each) => passed.add(each));
    }
    return look(site, site.start({ follows }));
  });
}

/** Waits for the end of the bot's run and collects what is left. */
export async function look({ place, standIn }: Site, bot: Bot): Promise<Built> {
  const ending = await bot.gone;
  if (ending === null) throw new Error("the bot ended before its run did");
  if (bot.process.exitCode !== 0) throw new Error("the bot did not stop in order");
  const state = await openState(place, { NONET_KEY: key });
  try {
    const inventory = await state.clusters.inventory(blueprint.name);
    if (inventory === undefined) throw new Error("nothing was built");
    const chain = openChain(state.store);
    return {
      ending,
      events: await eventsOf(state.store, ending.runId),
      inventory,
      states: standIn.states(),
      applied: [...standIn.applied],
      account: await standIn.account(),
      audit: { finding: await chain.verify(), records: await chain.records() },
    };
  } finally {
    await state.close();
  }
}
