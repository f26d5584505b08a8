import { expect, test } from "vitest";
import { z } from "zod";
import { fenced } from "../../src/core/fence.ts";
import { desire, operation } from "../../src/core/operation.ts";
import { sh } from "../../src/core/shell.ts";
import type { Fence } from "../../src/core/target.ts";
import { simulatedTarget } from "../../src/sim/target.ts";
import { aCluster, theNode } from "../fixtures/cluster.ts";

const { signal } = new AbortController();
const cluster = aCluster();
const node = theNode(cluster, "web1");
const fence: Fence = { run: "run-1", turn: 2, by: "store-1", actor: "alice" };

const setting = operation({
  name: "setting",
  state: z.object({ value: z.string() }),
  key: () => "one",
  read: () => sh`true`,
  parse: () => [],
  apply: () => [],
});
const item = desire(setting, { value: "on" });
const change = [{ item, have: undefined, changes: [] }];

/** A simulated node; each bot reaches it through a target of its own. */
function simulated() {
  const states = new Map<string, object>();
  const reach = () => simulatedTarget(node, states, () => Promise.resolve({ cluster, states: new Map() }));
  return { states, reach, as: (over: Partial<Fence>) => fenced(reach, { ...fence, ...over })("demo", node) };
}

test("whoever lost his run, or has another store, is refused; the next run of the store goes on", async () => {
  const { states, as } = simulated();
  await as({}).apply(change, { signal });
  states.clear();
  await expect(as({ turn: 1 }).apply(change, { signal })).rejects.toMatchObject({ code: "superseded", node: "web1" });
  await expect(as({ by: "store-2", turn: 9 }).apply(change, { signal })).rejects.toMatchObject({
    code: "node_claimed",
    message: expect.stringContaining("run run-1 of alice"),
  });
  expect(states.size).toBe(0);
  await as({ run: "run-2", turn: 3 }).apply(change, { signal });
  expect(await as({ turn: 1 }).check([item], { signal })).toEqual([{ value: "on" }]);
});

test("nothing is changed outside of a run", async () => {
  const { states, reach } = simulated();
  await expect(reach().apply(change, { signal })).rejects.toThrow("web1 was to be changed outside of a run");
  expect(states.size).toBe(0);
});
