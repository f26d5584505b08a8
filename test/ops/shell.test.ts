import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Operation } from "../../src/core/operation.ts";
import { Secret } from "../../src/core/secret.ts";
import { hostname } from "../../src/ops/hostname.ts";
import { file, type File } from "../../src/ops/file.ts";
import { absent, directory } from "../../src/ops/paths.ts";
import { unit, type Unit } from "../../src/ops/systemd.ts";

/** The read scripts in a real shell. */
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nonet-ops-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

function read<S extends object>(operation: Operation<S>, wants: readonly S[], path = ""): readonly (S | undefined)[] {
  const env = { LC_ALL: "C.UTF-8", PATH: `${path}${process.env["PATH"] ?? ""}` };
  const { stdout, stderr, status } = spawnSync("sh", ["-c", operation.read(wants)], { encoding: "utf8", env });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return operation.parse(stdout, wants);
}

const put = (name: string, content: string) => {
  writeFileSync(`${folder}/${name}`, content);
  chmodSync(`${folder}/${name}`, 0o640);
};

describe("file", () => {
  const { username } = userInfo();
  const group = spawnSync("id", ["-gn"], { encoding: "utf8" }).stdout.trim();
  const want = (name: string, content: File["content"]): File => ({
    path: `${folder}/${name}`,
    content,
    mode: "0640",
    owner: username,
    group,
  });
  test("all paths in one pass, whatever their names hold", () => {
    put("it's $HOME", "ünï\n");
    put("other", "old\n");
    put("empty", "");
    put("long", "x".repeat(20_000));
    put("key", "old key");
    symlinkSync("other", `${folder}/link`);
    const wants = [
      want("it's $HOME", "ünï\n"),
      want("other", "new\n"),
      want("empty", "new\n"),
      want("long", "new\n"),
      want("key", new Secret("new key")),
      want("link", "old\n"),
      want("missing", "new\n"),
    ];
    const found = read(file, wants);
    expect(
      found.map((have, index) => file.diff(have, wants[index] as File).map(({ field, have }) => [field, have])),
    ).toEqual([
      [],
      [["content", "old\n"]],
      [["content", ""]],
      [["content", expect.stringMatching(/^\(20000 bytes, SHA-256 [0-9a-f]{64}\)$/)]],
      [["content", "••••"]],
      [["content", "not a regular file"]],
      ["path", "content", "mode", "owner", "group"].map((field) => [field, null]),
    ]);
  });

  test("what a secret file holds never leaves the node", () => {
    put("key", "old key");
    const { stdout } = spawnSync("sh", ["-c", file.read([want("key", new Secret("new key"))])], { encoding: "utf8" });
    expect(stdout).not.toContain(Buffer.from("old key").toString("base64"));
  });
});

test("folders and absent files", () => {
  mkdirSync(`${folder}/a b`, { mode: 0o750 });
  chmodSync(`${folder}/a b`, 0o750);
  symlinkSync("nowhere", `${folder}/dangling`);
  const place = { mode: "0750", owner: userInfo().username, group: expect.any(String) as string };
  expect(
    read(
      directory,
      [`${folder}/a b`, `${folder}/none`].map((path) => ({ path, ...place })),
    ),
  ).toEqual([{ path: `${folder}/a b`, ...place }, undefined]);
  const paths = [`${folder}/none`, `${folder}/dangling`].map((path) => ({ path, absent: true }));
  expect(read(absent, paths).map((state) => state?.absent)).toEqual([true, false]);
});

test("the name of this machine", () => {
  const [state] = read(hostname, [{ running: "x", atBoot: "x" }]);
  expect(state?.running).toBe(spawnSync("uname", ["-n"], { encoding: "utf8" }).stdout.trim());
});

const demo = (): Unit => ({
  unit: "demo.service",
  running: true,
  enabled: true,
  watch: [`${folder}/etc`, `${folder}/not there`],
  onChange: "reload",
  validate: [],
  fresh: true,
});
/** A systemctl that says this about every unit. */
const says = (active: string, since: string, wanted = "multi-user.target"): string => {
  mkdirSync(`${folder}/etc`);
  writeFileSync(`${folder}/etc/demo.conf`, "");
  const lines = [
    "LoadState=loaded",
    `ActiveState=${active}`,
    "UnitFileState=enabled",
    `WantedBy=${wanted}`,
    `InactiveExitTimestamp=${since}`,
  ];
  writeFileSync(`${folder}/systemctl`, `#!/bin/sh\nprintf '%s\\n' ${lines.join(" ")}\n`, { mode: 0o755 });
  return `${folder}:`;
};

describe("systemd unit", () => {
  test("a unit that began before a watched file changed is stale", () => {
    expect(read(unit, [demo()], says("active", "@1000000000"))[0]).toMatchObject({ running: true, fresh: false });
  });

  test("a unit that began later is fresh, even when a clock was set back meanwhile", () => {
    expect(read(unit, [demo()], says("active", "@4000000000"))[0]).toMatchObject({ running: true, fresh: true });
  });

  test("a file with an old date that was put there later counts as changed", () => {
    const path = says("active", "@1000000000");
    utimesSync(`${folder}/etc/demo.conf`, 1, 1);
    expect(read(unit, [demo()], path)[0]).toMatchObject({ fresh: false });
  });

  test("a unit that does not run has nothing to read", () => {
    expect(read(unit, [demo()], says("inactive", ""))[0]).toMatchObject({ running: false, fresh: true });
  });

  test("a unit that is enabled by its alias only does not start at boot", () => {
    expect(read(unit, [demo()], says("active", "@4000000000", ""))[0]).toMatchObject({ enabled: false });
  });

  test("a unit that watches nothing is fresh", () => {
    expect(read(unit, [{ ...demo(), watch: [] }], says("active", "@1000000000"))[0]).toMatchObject({ fresh: true });
  });
});
