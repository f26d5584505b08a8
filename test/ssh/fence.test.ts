import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { run, sh } from "../../src/core/shell.ts";
import type { Fence } from "../../src/core/target.ts";
import type { RoundTrip } from "../../src/ssh/connection.ts";
import { createFleet } from "../../src/ssh/fleet.ts";
import type { SshTarget } from "../../src/ssh/target.ts";
import { doing, failure, fence } from "./helpers.ts";
import { createSshd, noSshd, type Sshd } from "./sshd.ts";

const { signal } = new AbortController();
const nothing = doing(run(sh`true`));

describe.skipIf(noSshd !== undefined)(
  `who may change a node behind a real sshd${noSshd === undefined ? "" : ` (${noSshd})`}`,
  () => {
    let sshd: Sshd;
    let folder = "";
    let count = 0;
    let trips: RoundTrip[] = [];
    const at = (name: string) => join(folder, name);
    const log = () => readFileSync(at("log"), "utf8").trim().split("\n");

    beforeAll(async () => {
      sshd = await createSshd();
      await sshd.start();
    });
    beforeEach(() => {
      trips = [];
      folder = join(sshd.folder, `node ${(count += 1)}`);
    });
    afterAll(() => sshd.remove());

    /** A bot of its own: another connection to the same node. */
    function bot(over: Sshd = sshd): SshTarget {
      const fleet = createFleet({ key: over.key, user: over.user, folder, onRoundTrip: (trip) => trips.push(trip) });
      onTestFinished(() => fleet.close());
      return fleet.target({ name: "db1", host: "127.0.0.1", port: over.port, hostKey: over.hostKey });
    }
    /** Waits on the node until somebody stands in line for its lock, or has got past it. */
    const inLine = sh`until grep -q -- "-> FLOCK.*:$(stat -c %i lock) " /proc/locks || grep -qx second log; do sleep 0.02; done`;
    const waiting = (target: SshTarget) => target.exec(sh`cd ${folder}; eval ${inLine}`, { signal });
    /** An action that has begun once `begun` could be read, and ends once `end` was written. */
    const held = () =>
      doing(
        run(
          sh`cd ${folder}; trap '' TERM; mkfifo begun end; echo first >>log; echo >begun; read _ <end; echo ended >>log`,
        ),
      );
    const begun = (target: SshTarget) =>
      target.exec(sh`cd ${folder} || exit; until [ -p begun ]; do sleep 0.02; done; cat begun`, { signal });
    const end = (target: SshTarget) => target.exec(sh`echo >${at("end")}`, { signal });
    const second = () => doing(run(sh`echo second >>${at("log")}`));

    test("applies that come at once wait for one another, and none costs another round trip", async () => {
      const alone = doing(
        run(sh`mkdir ${at("alone")} && sleep 0.05 && rmdir ${at("alone")} && echo done >>${at("log")}`),
      );
      const bots = [bot(), bot()];
      await Promise.all([...bots, ...bots, ...bots, ...bots].map((one) => one.apply(alone, { signal, fence })));
      expect(log()).toHaveLength(8);
      expect(trips.filter(({ kind }) => kind === "run")).toHaveLength(8);
    });

    test("what is left of an apply whose connection was killed holds up the next one until it has ended", async () => {
      const own = await createSshd();
      onTestFinished(() => own.remove());
      await own.start();
      const killed = failure(bot(own).apply(held(), { signal, fence }));
      const other = bot();
      await other.exec(sh`mkdir -p ${folder}`, { signal });
      await begun(other);
      await own.kill();
      expect(await killed).toMatchObject({ code: "connection_lost" });
      const next = other.apply(second(), { signal, fence });
      await waiting(other);
      expect(log()).toEqual(["first"]);
      await end(other);
      await next;
      expect(log()).toEqual(["first", "ended", "second"]);
    });

    test("an apply that waits too long names the run that is at work", async () => {
      const other = bot();
      await other.exec(sh`mkdir -p ${folder}`, { signal });
      const first = bot().apply(held(), { signal, fence });
      await begun(other);
      const late = await failure(
        other.apply(second(), { signal, fence: { ...fence, run: "run-2" }, deadlineMs: 4000 }),
      );
      expect(late).toMatchObject({ code: "node_busy", node: "db1", state: "None of 1 action was done." });
      expect(late.message).toMatch(/^It is being changed by run run-1 of alice, which began this change \d+ s ago; /);
      await end(other);
      await first;
      expect(log()).toEqual(["first", "ended"]);
    });

    test("a change under way that is cancelled while it waits was not begun", async () => {
      const [first, other] = [bot(), bot()];
      await other.exec(sh`mkdir -p ${folder}`, { signal });
      const long = first.apply(held(), { signal, fence });
      await begun(other);
      const stop = new AbortController();
      const stopped = failure(bot().apply(second(), { signal: stop.signal, fence }));
      await waiting(other);
      stop.abort();
      expect(await stopped).toMatchObject({
        code: "cancelled",
        message: "It was cancelled during the wait for its turn.",
        state: "None of 1 action was done.",
      });
      await end(other);
      await long;
      await first.apply(nothing, { signal, fence });
      expect(log()).toEqual(["first", "ended"]);
    });

    test("an instance that lost its run is refused, and so is one that lost it before another run began", async () => {
      const [zombie, heir] = [bot(), bot()];
      await zombie.apply(nothing, { signal, fence });
      await heir.apply(nothing, { signal, fence: { ...fence, turn: 2 } });
      const lost = await failure(zombie.apply(second(), { signal, fence }));
      expect(lost).toMatchObject({ code: "superseded", node: "db1", state: "None of 1 action was done." });
      expect(lost.message).toMatch(/^Another instance has taken this run over/);
      await heir.apply(nothing, { signal, fence: { ...fence, run: "run-2", turn: 3, actor: "bob" } });
      const outdated = await failure(zombie.apply(second(), { signal, fence: { ...fence, turn: 2 } }));
      expect(outdated).toMatchObject({ code: "superseded" });
      expect(outdated.message).toContain("run run-2 of bob");
      expect(existsSync(at("log"))).toBe(false);
    });

    test("a run that is taken over between two round trips of an apply stops there", async () => {
      const port = sshd.port;
      const other = bot();
      await other.exec(sh`mkdir -p ${folder}; mkfifo ${at("go")}`, { signal });
      // The other one's script stands in line before the second half does.
      const half = doing(
        run(sh`echo first >>${at("log")}; read _ <${at("go")}`),
        { kind: "prove", port },
        ...actions(),
      );
      const torn = failure(bot().apply(half, { signal, fence }));
      await other.exec(sh`until grep -qx first ${at("log")} 2>/dev/null; do sleep 0.02; done`, { signal });
      const heir = other.apply(nothing, { signal, fence: { ...fence, turn: 2 } });
      await waiting(other);
      await other.exec(sh`echo >${at("go")}`, { signal });
      await heir;
      expect(await torn).toMatchObject({
        code: "superseded",
        state: "2 of 3 actions were done; the rest was not.",
      });
      expect(log()).toEqual(["first"]);
    });
    const actions = () => [run(sh`echo second >>${at("log")}`)];

    test("a bot with another store is refused and told whose the node is and how to go on", async () => {
      await bot().apply(nothing, { signal, fence: { ...fence, actor: "al $(id) 'ice'\u001b[31m" } });
      const stranger: Fence = { run: "run-9", turn: 99, by: "store-2", actor: "mallory" };
      const other = bot();
      const refused = await failure(other.apply(second(), { signal, fence: stranger }));
      expect(refused).toMatchObject({ code: "node_claimed", node: "db1", state: "None of 1 action was done." });
      expect(refused.message).toMatch(/: run run-1 of al \$\(id\) 'ice' changed it \d+ s ago\.$/);
      expect(refused.hint).toContain("remove /run/nonet/fence on db1");
      expect(existsSync(at("log"))).toBe(false);
      await other.exec(sh`rm ${at("fence")}`, { signal });
      await other.apply(second(), { signal, fence: stranger });
      expect(log()).toEqual(["second"]);
    });

    test("after a crash the next run of the same store goes on; what cannot be read lets nobody pass", async () => {
      await bot().apply(nothing, { signal, fence });
      await bot().apply(second(), { signal, fence: { ...fence, run: "run-2", turn: 2 } });
      expect(log()).toEqual(["second"]);
      writeFileSync(at("fence"), "gibberish\n");
      expect(await failure(bot().apply(second(), { signal, fence }))).toMatchObject({ code: "action_failed" });
      expect(log()).toEqual(["second"]);
    });

    test("nothing is changed without a fence, and reading needs none", async () => {
      await expect(bot().apply(second(), { signal })).rejects.toThrow("db1 was to be changed outside of a run");
      expect(trips).toEqual([]);
      expect(await bot().read([], { signal })).toEqual([]);
    });
  },
);
