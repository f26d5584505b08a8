import { readFileSync } from "node:fs";
import { join } from "node:path";
import { array, assert, asyncProperty } from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { sh } from "../../src/core/shell.ts";
import type { RoundTrip } from "../../src/ssh/connection.ts";
import { createFleet, type Fleet, type FleetOptions } from "../../src/ssh/fleet.ts";
import { anyText } from "../fixtures/text.ts";
import { failure } from "./helpers.ts";
import { createSshd, freePort, noSshd, type Sshd } from "./sshd.ts";

const signal = new AbortController().signal;
const quick = { connectMs: 5000, keepTryingMs: 300, pauseMs: 20, pauseMaxMs: 100 };

describe.skipIf(noSshd !== undefined)(
  `a connection to a real sshd${noSshd === undefined ? "" : ` (${noSshd})`}`,
  () => {
    let sshd: Sshd;
    let fleet: Fleet;
    let trips: RoundTrip[];
    const fleets: Fleet[] = [];

    function newFleet(options: Partial<FleetOptions> = {}): Fleet {
      const made = createFleet({
        key: sshd.key,
        user: sshd.user,
        timing: quick,
        onRoundTrip: (trip) => trips.push(trip),
        ...options,
      });
      fleets.push(made);
      return made;
    }
    const node = (over: { port?: number; hostKey?: string; otherPorts?: number[] } = {}) => ({
      name: "web1",
      host: "127.0.0.1",
      port: sshd.port,
      hostKey: sshd.hostKey,
      ...over,
    });

    beforeAll(async () => {
      sshd = await createSshd();
      await sshd.start();
    });
    beforeEach(() => {
      trips = [];
      fleet = newFleet();
    });
    afterAll(async () => {
      for (const made of fleets) made.close();
      await sshd.remove();
    });

    test("one connection serves many calls, each of which is one round trip", async () => {
      const target = fleet.target(node());
      const results = await Promise.all(
        [...Array(20).keys()].map((n) => target.exec(sh`echo ${n}; exit ${n}`, { signal })),
      );
      expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(
        [...Array(20).keys()].map((n) => [n, `${n}\n`]),
      );
      expect(trips.filter(({ kind }) => kind === "connect")).toHaveLength(1);
      expect(trips.filter(({ kind }) => kind === "run")).toHaveLength(20);
      expect(fleet.target(node())).toBe(target);
    });

    test("the command line is constant and standard input belongs to the script", async () => {
      const input = "first\n'; exit 9 #\nno newline at the end";
      const script = sh`tr '\0' ' ' </proc/$PPID/cmdline >&2; tr '\0' ' ' </proc/$$/cmdline >&2; cat`;
      const { stdout, stderr } = await fleet.target(node()).exec(script, { signal, stdin: input });
      expect(stdout).toBe(input);
      expect(stderr).toContain("head -c");
      expect(stderr).not.toContain("cmdline");
    });

    test("any text survives the way through quoting, and any bytes the way through standard input", async () => {
      const target = fleet.target(node());
      const words = array(
        anyText().map((text) => text.replaceAll("\0", "")),
        { maxLength: 100 },
      );
      const hostile = ["'", "$(id)", "`id`", "a\nb\n", "\\", "-n", "*", "é💥", "", '"', "; exit 3", "\u001b[2J\r"];
      await assert(
        asyncProperty(words, async (list) => {
          const { stdout } = await target.exec(sh`printf '%s\0' x ${list}`, { signal });
          expect(stdout).toBe(["x", ...list].map((word) => `${word}\0`).join(""));
        }),
        { numRuns: 5, examples: [[hostile]] },
      );
    });

    test("a host with another key than the pinned one is refused and says what to do", async () => {
      const other = `${sshd.hostKey.slice(0, -4)}AAAA`;
      const error = await failure(fleet.target(node({ hostKey: other })).exec(sh`true`, { signal }));
      expect(error).toMatchObject({ code: "host_key_changed", node: "web1", state: "Nothing was sent to it." });
      expect(error.message).toContain(sshd.hostKey);
      expect(error.hint).toContain("inventory");
      expect(trips).toMatchObject([{ kind: "connect", failed: "host_key_changed" }]);
    });

    test("without a pinned key, or when the host lost the pinned kind, nothing is connected", async () => {
      const missing = await failure(fleet.target(node({ hostKey: "" })).exec(sh`true`, { signal }));
      expect(missing).toMatchObject({ code: "host_key_changed" });
      const rsa = await failure(
        newFleet()
          .target(node({ hostKey: "ssh-rsa AAAAB3NzaC1yc2E=" }))
          .exec(sh`true`, { signal }),
      );
      expect(rsa).toMatchObject({ code: "host_key_changed" });
    });

    test("an unknown or unreadable key of ours is a clear refusal without retries", async () => {
      const stranger = await createSshd();
      onTestFinished(() => stranger.remove());
      const denied = await failure(
        newFleet({ key: stranger.key })
          .target(node())
          .exec(sh`true`, { signal }),
      );
      expect(denied).toMatchObject({ code: "ssh_denied", node: "web1" });
      const unreadable = await failure(
        newFleet({ key: new Secret("no key") })
          .target(node())
          .exec(sh`true`, { signal }),
      );
      expect(unreadable).toMatchObject({ code: "ssh_key_unreadable" });
    });

    test("an address where nobody answers is named, after some tries", async () => {
      const port = await freePort();
      const error = await failure(fleet.target(node({ port })).exec(sh`true`, { signal }));
      expect(error).toMatchObject({ code: "unreachable", node: "web1" });
      expect(error.message).toContain(`port ${port}`);
    });

    test("another port is tried when the first does not answer", async () => {
      const target = fleet.target(node({ port: await freePort(), otherPorts: [sshd.port] }));
      expect(await target.exec(sh`echo in`, { signal })).toMatchObject({ stdout: "in\n" });
      expect(target.port).toBe(sshd.port);
    });

    test("after sshd was killed and came back, the next call connects again", async () => {
      const target = newFleet({ timing: { ...quick, keepTryingMs: 10_000 } }).target(node());
      await target.exec(sh`true`, { signal });
      await sshd.kill();
      const back = target.exec(sh`echo back`, { signal });
      await sshd.start();
      expect(await back).toMatchObject({ stdout: "back\n" });
      expect(trips.filter(({ kind, failed }) => kind === "connect" && failed === null)).toHaveLength(2);
    });

    test("a key that changed while we were connected is refused at the reconnect", async () => {
      const own = await createSshd();
      try {
        await own.start();
        const target = newFleet({ key: own.key }).target(node({ port: own.port, hostKey: own.hostKey }));
        await target.exec(sh`true`, { signal });
        await own.kill();
        own.changeHostKey();
        await own.start();
        expect(await failure(target.exec(sh`true`, { signal }))).toMatchObject({ code: "host_key_changed" });
      } finally {
        await own.remove();
      }
    });

    test("a deadline ends the call and the script on the node", async () => {
      const fifo = join(sshd.folder, "deadline");
      const script = sh`mkfifo ${fifo}; trap 'echo ended >${fifo}.log; echo >${fifo}' TERM; echo started; sleep 600 & wait`;
      const target = fleet.target(node());
      await target.exec(sh`true`, { signal });
      const error = await failure(target.exec(script, { signal, deadlineMs: 3000 }));
      expect(error).toMatchObject({ code: "deadline", node: "web1", output: "started" });
      await newFleet()
        .target(node())
        .exec(sh`cat ${fifo}`, { signal });
      expect(readFileSync(`${fifo}.log`, "utf8")).toBe("ended\n");
    });

    test("cancelling ends a call that runs, one that waits to connect, and one that is late", async () => {
      const running = new AbortController();
      const fifo = join(sshd.folder, "cancel");
      const target = fleet.target(node());
      await target.exec(sh`mkfifo ${fifo}`, { signal });
      const call = failure(target.exec(sh`echo >${fifo}; sleep 600`, { signal: running.signal }));
      await target.exec(sh`cat ${fifo}`, { signal });
      running.abort();
      expect(await call).toMatchObject({ code: "cancelled", node: "web1" });

      const waiting = new AbortController();
      const lost = newFleet({ timing: { ...quick, keepTryingMs: 60_000 } }).target(node({ port: await freePort() }));
      const stuck = failure(lost.exec(sh`true`, { signal: waiting.signal }));
      waiting.abort();
      expect(await stuck).toMatchObject({ code: "cancelled" });
      expect(await failure(target.exec(sh`true`, { signal: AbortSignal.abort() }))).toMatchObject({
        code: "cancelled",
      });
    });

    test("output is capped and its end is kept", async () => {
      const { stdout } = await fleet
        .target(node())
        .exec(sh`head -c 3000000 /dev/zero | tr '\0' x; echo end`, { signal });
      expect(stdout).toHaveLength(1024 * 1024);
      expect(stdout.endsWith("xend\n")).toBe(true);
    });

    test("known secrets do not show up in output", async () => {
      const target = newFleet({ secrets: () => ["hunter2!"] }).target(node());
      const { stdout, stderr } = await target.exec(sh`echo "my hunter2! is"; cat >&2`, {
        signal,
        stdin: new Secret("s3cr3t-sent"),
      });
      expect(stdout).toBe("my •••• is\n");
      expect(stderr).toBe("••••");
    });
  },
);
