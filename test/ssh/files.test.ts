import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { run, sh, type Action } from "../../src/core/shell.ts";
import type { RoundTrip } from "../../src/ssh/connection.ts";
import { createFleet, type Fleet } from "../../src/ssh/fleet.ts";
import type { SshTarget } from "../../src/ssh/target.ts";
import { doing, failure, fence } from "./helpers.ts";
import { createSshd, freePort, noSshd, type Sshd } from "./sshd.ts";

const signal = new AbortController().signal;
const group = execFileSync("id", ["-gn"], { encoding: "utf8" }).trim();
const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(noSshd !== undefined)(
  `files and ports of a node behind a real sshd${noSshd === undefined ? "" : ` (${noSshd})`}`,
  () => {
    let sshd: Sshd;
    let fleet: Fleet;
    let target: SshTarget;
    let trips: RoundTrip[] = [];
    const at = (name: string) => join(sshd.folder, name);
    const write = (path: string, content: string | Secret<string>, mode = "0640"): Action => ({
      kind: "write",
      path,
      content,
      mode,
      owner: sshd.user,
      group,
    });

    beforeAll(async () => {
      sshd = await createSshd();
      await sshd.start();
      fleet = createFleet({
        key: sshd.key,
        user: sshd.user,
        folder: at("run"),
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

    test("a written file has its content, owner and mode, and replaces atomically", async () => {
      const path = at("conf $(odd) 'name'");
      writeFileSync(path, "old");
      const before = statSync(path).ino;
      const content = "all\0bytes\n'quotes' $HOME `x`\n\nend without newline é";
      await target.apply(doing(write(path, new Secret(content), "0600")), { signal, fence });
      expect(readFileSync(path, "utf8")).toBe(content);
      expect(statSync(path).mode & 0o7777).toBe(0o600);
      expect(statSync(path).ino).not.toBe(before);
      expect(readdirSync(sshd.folder).filter((name) => name.startsWith(".nonet"))).toEqual([]);
    });

    test("a file that cannot be put in place leaves the old one and no rest", async () => {
      mkdirSync(at("taken/inner"), { recursive: true });
      const error = await failure(target.apply(doing(write(at("taken"), "text")), { signal, fence }));
      expect(error.code).toBe("action_failed");
      const missing = await failure(
        target.upload({ path: at("no/such/file"), mode: "0644", owner: sshd.user, group }, "x", { signal }),
      );
      expect(missing).toMatchObject({ code: "upload_failed", state: "The file is as it was before." });
      expect(readdirSync(sshd.folder).filter((name) => name.startsWith(".nonet"))).toEqual([]);
      expect(existsSync(at("taken/inner"))).toBe(true);
    });

    test("a large upload arrives whole; one that is cancelled leaves the old file", async () => {
      const place = { path: at("big"), mode: "0644", owner: sshd.user, group };
      const content = randomBytes(8 * 1024 * 1024);
      await target.upload(place, content, { signal });
      expect(sum(readFileSync(place.path))).toBe(sum(content));
      const stop = new AbortController();
      const upload = failure(target.upload(place, randomBytes(64 * 1024 * 1024), { signal: stop.signal }));
      await target.exec(sh`until ls ${sshd.folder}/.nonet.* >/dev/null 2>&1; do sleep 0.02; done`, { signal });
      stop.abort();
      expect(await upload).toMatchObject({ code: "cancelled" });
      await target.exec(sh`while ls ${sshd.folder}/.nonet.* >/dev/null 2>&1; do sleep 0.02; done`, { signal });
      expect(sum(readFileSync(place.path))).toBe(sum(content));
    });

    test("a new port that does not work leaves what follows undone and the old way in", async () => {
      const port = await freePort();
      const actions = [
        run(sh`echo 1 >${at("before-prove")}`),
        { kind: "prove" as const, port },
        run(sh`echo 2 >${at("after-prove")}`),
      ];
      const error = await failure(target.apply(doing(...actions), { signal, fence }));
      expect(error).toMatchObject({
        code: "prove_failed",
        node: "db1",
        state: "1 of 3 actions was done; the rest was not.",
      });
      expect(existsSync(at("before-prove"))).toBe(true);
      expect(existsSync(at("after-prove"))).toBe(false);
      expect(target.port).toBe(sshd.port);
      expect(await target.exec(sh`echo still in`, { signal })).toMatchObject({ stdout: "still in\n" });
    });

    test("a port with another host key does not prove anything", async () => {
      const other = await createSshd();
      onTestFinished(() => other.remove());
      await other.start();
      const error = await failure(target.apply(doing({ kind: "prove", port: other.port }), { signal, fence }));
      expect(error).toMatchObject({ code: "prove_failed" });
      expect(error.message).toContain("another host key");
    });

    test("a proven port is used from then on, over the connection that proved it", async () => {
      const port = await freePort();
      await sshd.start(port);
      await target.apply(doing(run(sh`true`), { kind: "prove", port }, run(sh`echo 2 >${at("proven")}`)), {
        signal,
        fence,
      });
      expect(existsSync(at("proven"))).toBe(true);
      expect(target.port).toBe(port);
      await target.exec(sh`true`, { signal });
      expect(trips.at(-1)).toMatchObject({ kind: "run", port });
      expect(trips.filter((trip) => trip.kind === "connect" && trip.port === port)).toHaveLength(1);
    });
  },
);
