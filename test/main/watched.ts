import { afterEach } from "vitest";
import inspectReplicationCommand from "../../commands/inspect.replication.ts";
import noticesAck from "../../commands/notices.ack.ts";
import noticesList from "../../commands/notices.list.ts";
import noticesMute from "../../commands/notices.mute.ts";
import noticesUnmute from "../../commands/notices.unmute.ts";
import runsShow from "../../commands/runs.show.ts";
import watchStatus from "../../commands/watch.status.ts";
import clusterStatus from "../../commands/cluster.status.ts";
import { inspectReplication } from "../../playbooks/inspect-replication.ts";
import { status } from "../../playbooks/status.ts";
import { openAuthorizer } from "../../src/auth/authorize.ts";
import { WhoMay } from "../../src/auth/who-may.ts";
import { openDesk } from "../../src/chat/desk.ts";
import type { Caller } from "../../src/core/caller.ts";
import type { Playbook, Result } from "../../src/core/playbook.ts";
import type { Round } from "../../src/core/watch.ts";
import type { Place } from "../../src/engine/state.ts";
import type { DatabaseState } from "../../src/ops/facts/database.ts";
import type { PairStatus } from "../../src/ops/facts/pair.ts";
import { deskRuns } from "../../src/main/runs.ts";
import { Watcher } from "../../src/watch/watch.ts";
import { slack } from "../auth/fixture.ts";
import { heardAt, never, openWorld, testPlaybook } from "../engine/fixture.ts";
import { FakeMouth } from "../fakes/mouth.ts";
import { watchedNodes, type WatchedNodes } from "../fakes/watched-nodes.ts";
import { aCluster } from "../fixtures/cluster.ts";

const commands = [
  ...[noticesAck, noticesList, noticesMute, noticesUnmute, runsShow, watchStatus, clusterStatus],
  inspectReplicationCommand,
];
const whoMay = WhoMay.parse({
  people: [
    { name: "alice", roles: ["admin"], slack: "U1" },
    { name: "carol", roles: ["viewer"], slack: "U3" },
  ],
  channels: [{ name: "ops", slack: "C1" }],
});
export const [alice, carol] = [slack("U1"), slack("U3")];

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A bot that watches a simulated cluster when the test says so; nothing waits for time to pass. */
export async function openWatched(
  place: Place,
  options: {
    readonly nodes?: WatchedNodes;
    readonly clock?: Awaited<ReturnType<typeof openWorld>>["clock"];
    readonly mouth?: FakeMouth;
    readonly off?: string[];
    /** What a run does that changes the cluster. */
    readonly change?: () => Promise<void>;
  } = {},
) {
  const cluster = aCluster();
  const { name } = cluster.blueprint;
  const { nodes = watchedNodes(cluster), mouth = Object.assign(new FakeMouth(), { kind: "slack" }) } = options;
  const { clock, off = [], change = async () => undefined } = options;
  const failover = testPlaybook({
    name: "failover",
    run: async (run) => {
      await run.step({ name: "move", title: "Move" }, async () => {
        await change();
        return { sentence: "Moved.", changed: 1 };
      });
      return { ok: true, verdict: "moved" };
    },
  });
  const playbooks = [failover, inspectReplication, status] as unknown as Playbook<{ cluster: string }>[];
  const world = await openWorld(playbooks, {
    ...{ place, mouths: [mouth], routesFor: heardAt({ watch: ["slack:C1"] }), reached: nodes.reached },
    ...(clock && { clock }),
  });
  const { engine, services, state } = world;
  nodes.now = world.clock.now;
  await state.clusters.configure(cluster.blueprint);
  const inventory = cluster.nodes.map(({ name: node, linodeId, label, ipv4, ipv6, hostKey, sshPort }) => [
    node,
    { linodeId, label, ipv4, ipv6, hostKey, sshPort },
  ]);
  const { address, prefix } = cluster.floating.lb;
  const publicAddress = { address, prefix };
  await state.clusters.saveInventory({ cluster: name, nodes: Object.fromEntries(inventory), publicAddress });
  await state.store.run(
    `insert into runs (id, playbook, version, cluster, input, risk, actor, created_at, outcome)
       values ('built', 'build', 1, ?, '{}', 'reversible', 'alice', '2025-12-31T00:00:00.000Z', 'done')
     on conflict (id) do nothing`,
    [name],
  );
  const rounds: Round[] = [];
  const parts = {
    ...{ services, watches: engine.watches, mutes: engine.mutes },
    settings: () => ({ interval: 5, off }),
    record: (...samples: Parameters<typeof state.series.add>) => state.series.add(...samples),
    onRound: (round: Round) => void rounds.push(round),
    onError: (error: unknown) => {
      throw error;
    },
  };
  const watcher = new Watcher(parts, never);
  const authorizer = openAuthorizer({ current: () => whoMay, owner: "root", commands });
  const desk = openDesk({ commands, services, runs: deskRuns(engine), authorizer, audit: engine.audit });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await world.close();
    isOpen = false;
  };
  closing.push(close);
  return {
    ...{
      world,
      engine,
      services,
      state,
      clock: world.clock,
      mouth,
      nodes,
      cluster,
      rounds,
      watcher,
      desk,
      parts,
      failover,
      close,
    },
    /** Looks so many times, one interval apart. */
    async look(times = 1) {
      for (let at = 0; at < times; at += 1) {
        world.clock.pass(5000);
        await watcher.begin();
        await watcher.rest();
      }
    },
    /** What a command answers at once. */
    async answer(text: string, caller: Caller = alice): Promise<Result> {
      const receipt = await desk.submit(text, caller);
      if (receipt.kind !== "answer") throw new Error("it is no answer");
      return receipt.result;
    },
    /** What a run that only looks comes to. */
    async result(text: string): Promise<Result | null> {
      const receipt = await desk.submit(text, alice);
      if (receipt.kind !== "run") throw new Error("it started nothing");
      await engine.finished(receipt.runId, never);
      return (await engine.view(receipt.runId))?.result ?? null;
    },
    /** Titles of all notices that were told, oldest first. */
    titles: () => mouth.messages.filter(({ runId }) => runId === null).map(({ cards }) => cards[0]?.title),
  };
}

/** The writer is db2 now, and nobody asked Nonet for it. */
export function failOver({ nodes }: { readonly nodes: WatchedNodes }): void {
  nodes.tell<DatabaseState>("db1", "database state", (state) => ({ ...state, readOnly: true }));
  nodes.tell<DatabaseState>("db2", "database state", (state) => ({ ...state, readOnly: false }));
  for (const db of ["db1", "db2"]) {
    nodes.tell<PairStatus>(db, "pacemaker status", (pair) => ({
      ...pair,
      running: { ...pair.running, db_writer: [{ node: "db2", role: "Started" }] },
    }));
  }
}
