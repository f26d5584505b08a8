import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { newAuthority } from "../../../src/engine/pki.ts";
import { certificates } from "../../../src/ops/facts/certificates.ts";
import { clockState } from "../../../src/ops/facts/clock.ts";
import { fileSystems } from "../../../src/ops/facts/file-systems.ts";
import { hostState } from "../../../src/ops/facts/host.ts";
import { nagiosState } from "../../../src/ops/facts/nagios.ts";
import { restarts } from "../../../src/ops/facts/restarts.ts";
import { updates } from "../../../src/ops/facts/updates.ts";

const folder = mkdtempSync(join(tmpdir(), "nonet-watched-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script as a node would, with programs of ours in front of its own. */
function runWith(script: string, programs: Readonly<Record<string, string>> = {}): string {
  const bin = mkdtempSync(join(folder, "bin-"));
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const env = { ...process.env, LC_ALL: "C", PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  const { stdout, stderr, status } = spawnSync("sh", ["-c", script], { encoding: "utf8", env });
  if (status !== 0) throw new Error(`exit ${String(status)}: ${stderr}`);
  return stdout;
}

describe("updates", () => {
  const counted = (upgraded: number, kept = 0) =>
    `${String(upgraded)} upgraded, 1 newly installed, 1 downgraded, 0 to remove and ${String(kept)} not upgraded.\n`;
  const nginx =
    "Inst nginx [1.22.1-9] (1.22.1-9+deb12u3 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []\n";
  const kernel = "Inst linux-image-6.1.0-42-amd64 (6.1.159-1 Debian-Security:12/oldstable-security [amd64])\n";
  it("count what is installed, not what comes with it", () => {
    expect(updates.parse(`list 1700000600 1700000000 1700000100\n${counted(1, 2)}${nginx}${kernel}complete\n`)).toEqual(
      {
        ageSeconds: 500,
        updates: [{ name: "nginx", installed: "1.22.1-9", candidate: "1.22.1-9+deb12u3", security: true }],
        keptBack: 2,
      },
    );
  });
  it("have no age without a list of security, and the age of the oldest", () => {
    expect(updates.parse(`${counted(0)}complete\n`)).toEqual({ ageSeconds: null, updates: [], keptBack: 0 });
    const lists = "list 1700000600 1700000000 1700000000\nlist 1700000600 1600000600 1600000600\n";
    expect(updates.parse(`${lists}${counted(0)}complete\n`).ageSeconds).toBe(100_000_000);
  });
  it.each([
    [`${counted(2)}${nginx}complete\n`, "would upgrade 2 packages and names 1"],
    [`${nginx}complete\n`, "did not count"],
    [`${counted(1)}Inst nginx what\ncomplete\n`, "would do “Inst nginx what”"],
    [`${counted(1)}${nginx}`, "cut off"],
  ])("are not guessed: %#", (output, why) => expect(() => updates.parse(output)).toThrow(why));
  it("are not told when apt-get fails", () => {
    const broken = { "apt-get": "echo 'E: Unmet dependencies' >&2; exit 100" };
    expect(() => runWith(updates.script, broken)).toThrow("Unmet dependencies");
  });
});

describe("restarts", () => {
  it("are found by mapped files that are gone", () => {
    const proc = join(folder, "proc");
    const process = (id: string, maps: string, cgroup: string) => {
      mkdirSync(join(proc, id), { recursive: true });
      writeFileSync(join(proc, id, "maps"), maps);
      writeFileSync(join(proc, id, "cgroup"), `1:name=systemd:/\n0::${cgroup}\n`);
    };
    const gone = "7f00-7f01 r-xp 0000 08:00 12 /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)\n";
    process("1", gone, "/init.scope");
    process("20", gone, "/system.slice/nginx.service");
    process("21", gone, "/system.slice/nginx.service/worker");
    process("30", gone, "/user.slice/user-0.slice/session-3.scope");
    process(
      "40",
      "7f00-7f01 rw-p 0000 08:00 12 /usr/lib/x (deleted)\n7f-7f r-xp 0 0 0 /memfd:x (deleted)\n",
      "/system.slice/a.service",
    );
    process("50", gone.replace(" (deleted)", ""), "/system.slice/b.service");
    const script = restarts.script.replaceAll("/proc/", `${proc}/`).replaceAll("/run/reboot", `${folder}/reboot`);
    writeFileSync(join(folder, "reboot-required"), "");
    writeFileSync(join(folder, "reboot-required.pkgs"), "dbus\ndbus\n");
    const programs = {
      uname: "echo '#1 SMP PREEMPT_DYNAMIC Debian 6.1.99-1 (2026-07-15)'",
      "dpkg-query": `printf 'installed linux-image-6.1.0-9-amd64 6.1.99-1\\ninstalled linux-image-6.1.0-10-amd64 6.1.106-3\\n'
printf 'config-files linux-image-6.1.0-42-amd64 6.1.159-1\\ninstalled linux-image-6.1.0-10-amd64-dbg 7.0-1\\n'`,
    };
    expect(restarts.parse(runWith(script, programs))).toEqual({
      kernel: { running: "6.1.99-1", newest: "6.1.106-3" },
      asked: ["dbus"],
      units: ["init.scope", "nginx.service"],
    });
  });
  it("do not concern a kernel that is not Debian's, and may be asked for by nobody in particular", () => {
    expect(restarts.parse("newest 6.1.1-1\nasked -\ncomplete\n")).toEqual({
      kernel: null,
      asked: ["a package"],
      units: [],
    });
    expect(() => restarts.parse("running 1\nrunning 2\ncomplete\n")).toThrow("more than one kernel");
    expect(() => restarts.parse("unit a b\ncomplete\n")).toThrow("nothing that waits");
    expect(() => restarts.parse("unit a\n")).toThrow("cut off");
  });
});

describe("file systems", () => {
  const root = "df /dev/sda 1000 100 850 50 40 /\nmount / rw,relatime\n";
  it("leave out what is root's, and tell read-only by wish from read-only by accident", () => {
    const more = `df /dev/sdc 1000 100 850 0 - /boot/efi\ndf /dev/drbd0 1000 0 0 9 9 /srv/a b
mount /boot/efi ro\nmount /srv/a\\040b ro,noatime\nfstab /boot/efi defaults,ro\n`;
    const broken = more.replace("1000 0 0", "1000 1000 0");
    expect(fileSystems.parse(`${root}${broken}complete\n`)).toMatchObject([
      { path: "/", bytes: { total: 950, free: 850 }, inodes: { total: 50, free: 40 }, writable: "yes" },
      { path: "/boot/efi", inodes: null, writable: "no" },
      { path: "/srv/a b", device: "/dev/drbd0", bytes: { total: 1000, free: 0 }, writable: "lost" },
    ]);
    expect(() => fileSystems.parse(`${root}${more}complete\n`)).toThrow("df tells");
  });
  it("are as the last mount at a path has them", () => {
    expect(fileSystems.parse(`${root}mount / ro\ncomplete\n`)[0]?.writable).toBe("lost");
  });
  it("are not guessed", () => {
    expect(() => fileSystems.parse("complete\n")).toThrow("root file system");
    expect(() => fileSystems.parse(root)).toThrow("cut off");
    expect(() => fileSystems.parse("df /dev/sda 1000 100 850 50 40 /\ncomplete\n")).toThrow("how / is mounted");
    const broken = { df: "echo 'df: /srv/nfs: Input/output error' >&2; exit 1" };
    expect(() => runWith(fileSystems.script, broken)).toThrow("Input/output error");
  });
});

describe("the clock", () => {
  it("is told also where chrony is down or missing", () => {
    const down = runWith(clockState.script, { chronyc: "echo '506 Cannot talk to daemon'; exit 1" });
    expect(clockState.parse(down)).toMatchObject({ kept: false, follows: null });
    expect(clockState.parse(down).at).toBeGreaterThan(1.7e12);
  });
  it("follows nothing when chrony follows its own clock", () => {
    const own =
      "7F7F0101,,8,1795626138.520222731,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,Normal\n1795626148123\ncomplete\n";
    expect(clockState.parse(own)).toEqual({ at: 1_795_626_148_123, kept: true, follows: null });
    expect(() => clockState.parse("what\n1795626148123\ncomplete\n")).toThrow("chronyc tells “what”");
    expect(() => clockState.parse("what\ncomplete\n")).toThrow("did not tell its time");
  });
});

describe("a machine", () => {
  it("is not told without systemd's word on what failed", () => {
    const machine = (systemctl: string) => hostState.parse(runWith(hostState.script, { systemctl }));
    expect(machine("printf 'a.service loaded failed failed A\\nb.mount loaded failed failed B\\n'")).toMatchObject({
      failed: ["a.service", "b.mount"],
    });
    expect(machine("true")).toMatchObject({ failed: [] });
    expect(() => machine("echo 'Failed to connect to bus' >&2; exit 1")).toThrow("Failed to connect to bus");
  });
});

describe("certificates", () => {
  it("are read without the key beside them", async () => {
    const now = Date.parse("2026-11-25T00:00:00Z");
    const authority = await newAuthority("demo", now);
    const leaf = await authority.sign({ commonName: "site", usage: "server", domains: [] });
    const file = join(folder, "site.pem");
    writeFileSync(file, leaf.certificate + leaf.key.reveal() + authority.own.certificate);
    const fact = certificates([
      { what: "site", file },
      { what: "other", file: join(folder, "none.pem") },
      { what: "quorum", directory: join(folder, "none"), nickname: "Cluster Cert" },
    ]);
    const output = runWith(fact.script);
    expect(output).not.toContain("PRIVATE");
    const { site, ...others } = fact.parse(output);
    expect(site).toHaveLength(2);
    expect(site?.[0]).toEqual({ from: now - 3_600_000, until: now + 3650 * 86_400_000 });
    expect(others).toEqual({ other: [], quorum: [] });
    expect(() => fact.parse(output.replace("complete", ""))).toThrow("cut off");
  });
  it("of a database that cannot be read are not told", () => {
    mkdirSync(join(folder, "nss"));
    const fact = certificates([{ what: "quorum", directory: join(folder, "nss"), nickname: "Cluster Cert" }]);
    const broken = { certutil: "echo 'SEC_ERROR_BAD_DATABASE' >&2; exit 255" };
    expect(() => runWith(fact.script, broken)).toThrow("SEC_ERROR_BAD_DATABASE");
  });
});

it("takes no Nagios for one that finds nothing", () => {
  expect(nagiosState.parse("1795626148\ncomplete\n")).toMatchObject({ written: null, checking: false, checks: [] });
  expect(() => nagiosState.parse("1795626148\nhoststatus {\n\thost_name=db1\ncomplete\n")).toThrow("within a block");
  expect(() => nagiosState.parse("1795626148\ninfo {\n\tcreated=1\n\t}\ncomplete\n")).toThrow("nothing of itself");
});
