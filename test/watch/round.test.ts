import { expect, it } from "vitest";
import type { Services } from "../../src/core/ports.ts";
import { createSlots } from "../../src/core/slots.ts";
import { beats } from "../../src/watch/beats.ts";
import { openProvider } from "../../src/watch/provider.ts";
import { nothingYet, type Recollection } from "../../src/watch/recollection.ts";
import { lookAround } from "../../src/watch/round.ts";
import { watchedNodes } from "../fakes/watched-nodes.ts";
import { aCluster } from "../fixtures/cluster.ts";
import type { FilterState } from "../../src/ops/facts/filter.ts";

const cluster = aCluster();
const minute = 60_000;

/** Looks one after the other, `seconds` apart. */
function looking() {
  const nodes = watchedNodes(cluster);
  let time = Date.parse("2026-01-01T00:00:00Z");
  nodes.now = () => time;
  const clock = { now: () => time, sleep: async () => undefined };
  const services = { ...nodes.reached, clock } as unknown as Services;
  let memory: Recollection = nothingYet;
  const parts = {
    ...{ services, beats, provider: openProvider(services), signal: new AbortController().signal },
    slots: { sound: createSlots(3), silent: createSlots(1) },
    busy: async () => null,
    mutes: async () => [],
  };
  const look = async (seconds = 5) => {
    time += seconds * 1000;
    const { kept } = await lookAround(parts, cluster, memory);
    // What is kept is read again as JSON.
    memory = JSON.parse(JSON.stringify(kept.memory)) as Recollection;
    return {
      raised: kept.raised.map(({ key }) => key),
      resolved: kept.resolved.map(({ key }) => key),
      round: kept.round,
    };
  };
  /** As many looks as it takes until each beat had its turn. */
  const lookAtAll = async (seconds = 5) => {
    const looks = [await look(seconds)];
    while (looks.length < beats.length) looks.push(await look());
    return {
      raised: looks.flatMap(({ raised }) => raised),
      resolved: looks.flatMap(({ resolved }) => resolved).toSorted(),
      round: looks.at(-1)?.round,
    };
  };
  return { nodes, look, lookAtAll };
}

it("asks each node once in a look, whatever is due, and for one further thing at a time", async () => {
  const { nodes, look } = looking();
  for (let turn = 1; turn <= beats.length; turn += 1) {
    const { raised, round } = await look();
    expect(raised).toEqual([]);
    expect(round.beats.filter(({ at }) => at > 0)).toHaveLength(turn);
  }
  expect(new Set(nodes.trips.values())).toEqual(new Set([beats.length]));
});

it("leaves what a beat found as it is between its looks, and while the node is silent", async () => {
  const { nodes, look, lookAtAll } = looking();
  await lookAtAll();
  nodes.tell<FilterState>("web1", "packet filter", (state) => ({
    ...state,
    running: { ...state.running, v4: state.running.v4.replace(":INPUT DROP", ":INPUT ACCEPT") },
  }));
  expect((await look()).raised).toEqual([]);
  expect((await lookAtAll((5 * minute) / 1000)).raised).toEqual(["watch:demo firewall web1"]);
  nodes.heal();
  expect((await look()).resolved).toEqual([]);
  nodes.dead.add("web1");
  await look();
  expect((await look((6 * minute) / 1000)).raised).toEqual(["watch:demo node web1 gone"]);
  nodes.heal();
  // Silent last time, it is asked for nothing more than the truth, though the beat is due.
  expect((await look((6 * minute) / 1000)).resolved).toEqual([]);
  const after = await lookAtAll((6 * minute) / 1000);
  expect(after.resolved).toEqual(["watch:demo firewall web1", "watch:demo node web1 gone"]);
  expect(after.round?.open).toEqual([]);
});
