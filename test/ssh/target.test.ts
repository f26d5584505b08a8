import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { converge } from "../../src/core/converge.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { Fact } from "../../src/core/fact.ts";
import { desire, operation, type Operation } from "../../src/core/operation.ts";
import { Secret } from "../../src/core/secret.ts";
import { lines, run, sh, type Script } from "../../src/core/shell.ts";
import type { RoundTrip } from "../../src/ssh/connection.ts";
import { createFleet, type Fleet } from "../../src/ssh/fleet.ts";
import type { SshTarget } from "../../src/ssh/target.ts";
import { doing, failure, fence } from "./helpers.ts";
import { createSshd, noSshd, type Sshd } from "./sshd.ts";

const signal = new AbortController().signal;
const steady = signal;

function fact(name: string, script: Script): Fact<string> {
  return { name, script, parse: (output) => output };
}

/** A file with a line in it, one file per line of output. */
const note: Operation<{ path: string; text: string }> = operation({
  name: "note",
  state: z.object({ path: z.string(), text: z.string() }),
  key: ({ path }) => path,
  read: (wants) => lines(wants.map(({ path }) => sh`if [ -e ${path} ]; then cat ${path}; else echo -; fi`)),
  parse: (output, wants) => {
    const texts = output.split("\n");
    return wants.map(({ path }, at) => (texts[at] === "-" ? undefined : { path, text: texts[at] ?? "" }));
  },
  apply: ({ path, text }) => [run(sh`cat >${path}`, `${text}\n`)],
});

describe.skipIf(noSshd !== undefined)(`a node behind a real sshd${noSshd === undefined ? "" : ` (${noSshd})`}`, () => {
  let sshd: Sshd;
  let fleet: Fleet;
  let target: SshTarget;
  let trips: RoundTrip[] = [];
  const runs = () => trips.filter(({ kind }) => kind === "run").length;
  const at = (name: string) => join(sshd.folder, name);

  beforeAll(async () => {
    sshd = await createSshd();
    await sshd.start();
    fleet = createFleet({
      key: sshd.key,
      user: sshd.user,
      folder: at("run"),
      secrets: () => ["known-secret"],
      onRoundTrip: (trip) => trips.push(trip),
      timing: { connectMs: 5000, keepTryingMs: 300, pauseMs: 20, pauseMaxMs: 100 },
    });
  });
  beforeEach(() => {
    trips = [];
    target = fleet.target({ name: "db1", host: "127.0.0.1", port: sshd.port, hostKey: sshd.hostKey });
  });
  afterAll(async () => {
    fleet.close();
    await sshd.remove();
  });

  test("any number of facts is one round trip, and none is none", async () => {
    const facts = [...Array(50).keys()].map((n) => fact(`fact ${n}`, sh`printf %s ${n}; echo noise >&2`));
    expect(await target.read(facts, { signal })).toEqual([...Array(50).keys()].map(String));
    expect(runs()).toBe(1);
    expect(await target.read([], { signal })).toEqual([]);
    expect(runs()).toBe(1);
  });

  test("facts do not disturb each other and have no standard input", async () => {
    const odd = [
      sh`cat; x=1`,
      sh`echo "$x"; cd /; exit 0`,
      sh`printf '\n@abc end 0 0\n\n'`,
      sh`cat <<'E'
here
E`,
      sh`pwd`,
    ];
    const [input, variable, marks, here, folder] = await target.read(
      odd.map((s, n) => fact(`${n}`, s)),
      { signal },
    );
    expect([input, variable, marks, here]).toEqual(["", "\n", "\n@abc end 0 0\n\n", "here\n"]);
    expect(folder).not.toBe("/\n");
  });

  test("a fact that fails, or cannot be parsed, is named with what it said, without secrets", async () => {
    const bad = fact("disks", sh`echo known-secret is broken >&2; exit 3`);
    const failed = await failure(target.read([fact("fine", sh`true`), bad], { signal }));
    expect(failed).toMatchObject({ code: "unreadable_fact", node: "db1", output: "•••• is broken" });
    expect(failed.message).toContain("disks");
    const syntax = await failure(target.read([fact("odd", "( if" as Script)], { signal }));
    expect(syntax.code).toBe("unreadable_fact");
    const picky: Fact<never> = {
      name: "picky",
      script: sh`echo known-secret`,
      parse(output) {
        throw new OpsError({ code: "unreadable_fact", message: `It answered ${output.trim()}.` });
      },
    };
    expect(await failure(target.read([picky], { signal }))).toMatchObject({
      node: "db1",
      message: "It answered ••••.",
    });
  });

  test("converging asks each operation once, in one round trip, and a second time changes nothing", async () => {
    const items = ["a", "b", "c"].map((name) => desire(note, { path: at(`note ${name}`), text: `it's ${name}` }));
    const stages = [{ name: "notes", items }];
    expect((await converge(target, stages, { signal, steady, fence })).changed).toHaveLength(3);
    expect(readFileSync(at("note b"), "utf8")).toBe("it's b\n");
    trips = [];
    expect(await converge(target, stages, { signal, steady, fence })).toEqual({ checked: 3, changed: [] });
    expect(runs()).toBe(1);
  });

  test("a converge that is cancelled ends between two stages, with the one that was begun done and proven", async () => {
    const cancel = new AbortController();
    const paths = ["s1", "s2", "s3"].map(at);
    const [first = "", second = "", third = ""] = paths;
    const go = at("go");
    const slow = { ...note, apply: () => [run(sh`mkfifo ${go}; read _ <${go}; echo done >${second}`)] };
    const stages = [
      { name: "one", items: [desire(note, { path: first, text: "done" })] },
      { name: "two", items: [desire(slow, { path: second, text: "done" })] },
      { name: "three", items: [desire(note, { path: third, text: "done" })] },
    ];
    const stopped = failure(converge(target, stages, { signal: cancel.signal, steady, fence }));
    await target.exec(sh`until [ -p ${go} ]; do sleep 0.02; done`, { signal });
    cancel.abort();
    await target.exec(sh`echo >${go}`, { signal });
    expect(await stopped).toMatchObject({
      code: "cancelled",
      node: "db1",
      state: "2 of 3 stages are done on db1; the rest was not touched.",
    });
    expect(paths.map((path) => existsSync(path))).toEqual([true, true, false]);
    expect((await converge(target, stages, { signal, steady, fence })).changed.map(({ item }) => item.key)).toEqual([
      third,
    ]);
  });

  test("actions are done in order, in one round trip, until one fails; the rest is not done", async () => {
    const script = sh`echo "about known-secret"; echo why >&2; cat >&2; exit 7`;
    const error = await failure(
      target.apply(
        doing(
          run(sh`echo 1 >${at("first")}`),
          run(sh`printf 2 >${at("second")}`),
          run(script, new Secret("sent-secret")),
          run(sh`echo 4 >${at("fourth")}`),
        ),
        { signal, fence },
      ),
    );
    expect(error).toMatchObject({
      code: "action_failed",
      node: "db1",
      state: "2 of 4 actions were done; the rest was not.",
      output: "about ••••\nwhy\n••••",
    });
    expect(error.message).toContain("thing one");
    expect(error.message).toContain("exit status 7");
    expect(readFileSync(at("second"), "utf8")).toBe("2");
    expect(existsSync(at("fourth"))).toBe(false);
    expect(runs()).toBe(1);
  });

  test("`set -e` in an action means what it says", async () => {
    const error = await failure(
      target.apply(doing(run(sh`set -e; false; echo 1 >${at("after-e")}`)), { signal, fence }),
    );
    expect(error.code).toBe("action_failed");
    expect(existsSync(at("after-e"))).toBe(false);
  });

  test("very long output of an action keeps its end", async () => {
    const error = await failure(target.apply(doing(run(sh`seq 1 400000; echo the end; exit 1`)), { signal, fence }));
    expect(error.output?.endsWith("400000\nthe end")).toBe(true);
  });

  test("a deadline during actions says how far it came", async () => {
    const error = await failure(
      target.apply(doing(run(sh`true`), run(sh`echo waiting; sleep 600`)), { signal, fence, deadlineMs: 3000 }),
    );
    expect(error).toMatchObject({ code: "deadline", output: "waiting" });
    expect(error.message).toContain("sleep 600");
    expect(error.state).toContain("1 of 2 actions was done");
  });

  test("a connection that breaks during actions is not taken for success and nothing is done twice", async () => {
    const own = await createSshd();
    const count = join(own.folder, "count");
    try {
      await own.start();
      const node = { name: "db2", host: "127.0.0.1", port: own.port, hostKey: own.hostKey };
      const lonely = createFleet({ key: own.key, user: own.user, folder: join(own.folder, "run") });
      const applied = failure(
        lonely
          .target(node)
          .apply(doing(run(sh`mkfifo ${count}.p; echo x >>${count}; echo >${count}.p; sleep 600`)), { signal, fence }),
      );
      await lonely.target(node).exec(sh`until [ -p ${count}.p ]; do sleep 0.05; done; cat ${count}.p`, { signal });
      await own.kill();
      expect(await applied).toMatchObject({ code: "connection_lost", node: "db2" });
      expect(readFileSync(count, "utf8")).toBe("x\n");
      lonely.close();
    } finally {
      await own.remove();
    }
  });
});
