import { describe, expect, it } from "vitest";
import { untold, type Told } from "../../../src/core/fact.ts";
import { generateSecrets } from "../../../src/engine/generate.ts";
import type { FileSystem } from "../../../src/ops/facts/file-systems.ts";
import type { HostState } from "../../../src/ops/facts/host.ts";
import type { Update } from "../../../src/ops/facts/updates.ts";
import { judgeCertificates, judgeStore } from "../../../src/policy/watch/certificates.ts";
import { judgeClocks } from "../../../src/policy/watch/clocks.ts";
import { judgeDisks } from "../../../src/policy/watch/disks.ts";
import { judgeHost } from "../../../src/policy/watch/hosts.ts";
import { findingsOf, type Looked } from "../../../src/policy/watch/looked.ts";
import { hoursLeft } from "../../../src/policy/watch/trend.ts";
import { judgeRestarts, judgeUpdates } from "../../../src/policy/watch/updates.ts";

const known = <T>(value: T): Told<T> => ({ known: true, value });
const said = ({ concerns }: Looked) => concerns.map(({ severity, title }) => `${severity}: ${title}`);
const keys = ({ concerns }: Looked) => concerns.map(({ key }) => key);
const now = Date.parse("2026-11-25T12:00:00Z");
const hour = 3_600_000;
const day = 24 * hour;

describe("updates", () => {
  const update = (name: string, security: boolean): Update => ({ name, installed: "1", candidate: "2", security });
  const of = (ageDays: number | null, updates: readonly Update[], keptBack = 0) =>
    judgeUpdates("web1", known({ ageSeconds: ageDays === null ? null : ageDays * 86_400, updates, keptBack }));
  it("are told when they are of security", () => {
    expect(said(of(1, [update("bash", false)]))).toEqual([]);
    const one = of(1, [update("bash", false), update("openssl", true)]);
    expect(said(one)).toEqual(["warning: web1 lacks 1 security update"]);
    expect(one.concerns[0]).toMatchObject({ key: "updates web1", facts: [["openssl", "1 → 2"]] });
  });
  it("cannot be told by lists that are old, from the future, missing, or not all of it", () => {
    for (const [judged, why] of [
      [of(3, []), "3 days old"],
      [of(null, []), "no list of Debian's security archive"],
      [of(-1, []), "from the future"],
      [of(0, [], 2), "apt keeps 2 packages back"],
      [judgeUpdates("web1", untold("apt-get is broken")), "apt-get is broken"],
    ] as const) {
      expect(judged).toMatchObject({ concerns: [], unknown: ["updates web1"] });
      expect(judged.untold[0]).toContain(why);
      expect(findingsOf(judged)).toMatchObject([{ level: "unknown" }]);
    }
  });
  it("that are missing by old lists are missing", () => expect(said(of(9, [update("nginx", true)]))).toHaveLength(1));
});

describe("restarts", () => {
  const of = (kernel: { running: string; newest: string } | null, units: string[] = [], asked: string[] = []) =>
    judgeRestarts("db1", known({ kernel, units, asked }));
  it.each([
    [of(null), []],
    [of({ running: "6.1.1-1", newest: "6.1.1-1" }), []],
    [of({ running: "6.1.1-1", newest: "6.1.9-1" }), ["info: db1 waits for a restart after updates"]],
    [of(null, ["init.scope"]), ["info: db1 waits for a restart after updates"]],
    [of(null, ["a.service"]), ["info: 1 service of db1 waits for a restart after updates"]],
    [of(null, ["a.service", "b.service"]), ["info: 2 services of db1 wait for a restart after updates"]],
    [of(null, [], ["dbus"]), ["info: db1 waits for a restart after updates"]],
  ])("%#", (judged, expected) => expect(said(judged)).toEqual(expected));
});

describe("certificates", () => {
  const of = (leftDays: number, since = -day, clock?: number) =>
    judgeCertificates(
      { name: "lb1", clock },
      known({ site: [{ from: now + since, until: now + leftDays * day }] }),
      now,
    );
  it.each([
    [30.1, []],
    [29.9, ["info: the certificate of the site on lb1 ends in 29 days"]],
    [13.5, ["warning: the certificate of the site on lb1 ends in 13 days"]],
    [1.2, ["critical: the certificate of the site on lb1 ends in 1 day"]],
    [-0.1, ["critical: the certificate of the site on lb1 ended 1 day ago"]],
  ])("with %d days left", (days, expected) => expect(said(of(days))).toEqual(expected));
  it("that do not hold yet, by our clock or by the node's", () => {
    expect(said(of(400, day))).toEqual(["critical: the certificate of the site on lb1 holds only from 2026-11-26"]);
    const wrong = of(400, -day, Date.parse("2020-01-01T00:00:00Z"));
    expect(said(wrong)).toEqual([
      "critical: the certificate of the site on lb1 does not hold by that node's clock, which is wrong",
    ]);
  });
  it("are as good as the worst of their chain, and missed where there is none", () => {
    const chain = [400, 2].map((left) => ({ from: now - day, until: now + left * day }));
    expect(said(judgeCertificates({ name: "lb1" }, known({ site: chain }), now))[0]).toContain("ends in 2 days");
    expect(said(judgeCertificates({ name: "lb1" }, known({ site: [] }), now))[0]).toContain("is not there");
  });
  it("in the bot's own store are judged, too", async () => {
    const secrets = await generateSecrets("demo", [], now);
    expect(judgeStore(secrets, now)).toMatchObject({ concerns: [], unknown: [] });
    const later = judgeStore(secrets, now + 3640 * day);
    expect(keys(later)).toEqual([
      "certificate store site",
      "certificate store quorum",
      "certificate store quorum-authority",
    ]);
    expect(said(later)[0]).toBe("warning: the certificate of the site in the bot's store ends in 10 days");
    const broken = { ...secrets, site: { ...secrets.site, certificate: "-----BEGIN" } };
    expect(judgeStore(broken, now).unknown).toEqual(["certificate store"]);
  });
});

describe("disks", () => {
  const gb = 1e9;
  const disk = (total: number, free: number, more: Partial<FileSystem> = {}): FileSystem => ({
    ...{ path: "/", device: "/dev/sda", writable: "yes", inodes: { total: 1000, free: 900 } },
    bytes: { total: total * gb, free: free * gb },
    ...more,
  });
  const of = (...disks: FileSystem[]) => said(judgeDisks("web1", known(disks)));
  it.each([
    [25, 2.6, []],
    [25, 2.4, ["warning: / of web1 is 91 % full"]],
    [25, 1.2, ["critical: / of web1 is 96 % full"]],
    // A tenth of a large one is nothing to wake anybody for.
    [4000, 100, []],
    [4000, 20, ["warning: / of web1 is 99 % full"]],
    [4000, 5, ["critical: / of web1 is 99 % full"]],
    [25, 0, ["critical: / of web1 is 100 % full"]],
  ])("of %d GB with %d left", (total, free, expected) => expect(of(disk(total, free))).toEqual(expected));
  it("without inodes, and those that have none", () => {
    expect(of(disk(25, 20, { inodes: { total: 1000, free: 40 } }))).toEqual([
      "critical: / of web1 has 96 % of its inodes in use",
    ]);
    expect(of(disk(25, 20, { inodes: null }))).toEqual([]);
  });
  it("that cannot be written any more, and those that should not be", () => {
    expect(of(disk(25, 20, { writable: "lost" }))).toEqual(["critical: / of web1 is read-only"]);
    expect(of(disk(25, 0, { writable: "no" }))).toEqual([]);
  });
  it("that are filling up", () => {
    const series = Array.from({ length: 12 }, (_, at) => ({ at: now + at * hour, left: (20 - at) * gb }));
    const judged = judgeDisks("nfs1", known([disk(25, 9, { path: "/srv/nfs", device: "/dev/drbd0" })]), {
      "/srv/nfs": series,
    });
    expect(said(judged)).toEqual(["warning: /srv/nfs of nfs1 is 64 % full, full in about 9 h"]);
    expect(judged.concerns[0]).toMatchObject({ key: "disk nfs1 /srv/nfs", looks: 2 });
  });
});

describe("a trend", () => {
  const series = (left: readonly number[]) => left.map((one, at) => ({ at: now + at * hour, left: one }));
  it("is a straight line, and needs enough of it", () => {
    expect(hoursLeft(series([50, 40, 30, 20, 10]))).toBeCloseTo(1);
    expect(hoursLeft(series([50, 40, 30]))).toBeNull();
    expect(hoursLeft([])).toBeNull();
    expect(hoursLeft(series([10, 20, 30, 40]))).toBeNull();
    expect(hoursLeft(series([10, 10, 10, 10]))).toBeNull();
    expect(hoursLeft([0, 1, 2, 3].map((at) => ({ at: now + at, left: 9 - at })))).toBeNull();
  });
  it("does not take one large file for a leak", () => {
    expect(hoursLeft(series([50, 50, 20, 20, 20, 20, 20, 20]))).toBeNull();
  });
  it("does not mind the order, nor two at the same time", () => {
    expect(hoursLeft(series([50, 40, 30, 20, 10]).toReversed())).toBeCloseTo(1);
    expect(hoursLeft([...series([50, 40, 30, 20, 10]), ...series([50, 40, 30, 20, 10])])).toBeCloseTo(1, 0);
  });
});

describe("clocks", () => {
  const look = (name: string, off: number, more = {}) => ({
    name,
    told: known({ at: now + off, kept: true, follows: { source: "1.2.3.4", seconds: 0, heardAt: now + off }, ...more }),
    asked: now - 500,
    answered: now + 500,
  });
  it.each([
    [2400, []],
    [2600, ["warning: the clock of web1 is 2.1 s ahead"]],
    [-90_000, ["critical: the clock of web1 is 89.5 s behind"]],
  ])("that are off by %d ms in a look of a second", (off, expected) =>
    expect(said(judgeClocks([look("web1", off), look("web2", 0), look("db1", 0)]))).toEqual(expected),
  );
  it("that all differ from ours the same way show that ours is wrong", () => {
    const all = [look("a1", 9000), look("a2", 9100), look("a3", 8900), look("a4", 20_000)];
    expect(said(judgeClocks(all))).toEqual([
      "warning: the bot's clock is 9.1 s behind",
      "warning: the clock of a4 is 10.4 s ahead",
    ]);
    expect(keys(judgeClocks([look("a1", 9000), look("a2", 9000)]))).toEqual(["clock a1", "clock a2"]);
  });
  it.each([
    [{ kept: false, follows: null }, ["warning: chrony does not run on web1"]],
    [{ follows: null }, ["info: chrony on web1 follows no source of time"]],
    [{ follows: { source: "x", seconds: 3, heardAt: now } }, ["warning: the clock of web1 is 3.0 s off its source"]],
    [
      { follows: { source: "x", seconds: 0, heardAt: now - 2 * day } },
      ["info: chrony on web1 heard nothing for a day"],
    ],
  ])("that nothing keeps: %j", (more, expected) =>
    expect(said(judgeClocks([look("web1", 0, more)]))).toEqual(expected),
  );
  it("that are not told are unknown", () =>
    expect(judgeClocks([{ ...look("web1", 0), told: untold("gone") }])).toMatchObject({
      concerns: [],
      unknown: ["clock web1"],
    }));
});

describe("hosts", () => {
  const host = (more: Partial<HostState>): Told<HostState> =>
    known({
      uptimeSeconds: 100,
      load: 0,
      processors: 1,
      memoryMb: { total: 1000, available: 500 },
      failed: [],
      kernel: "6",
      outOfMemory: 0,
      ...more,
    });
  it("count only victims that are new", () => {
    expect(said(judgeHost("db1", host({ outOfMemory: 4 })))).toEqual([]);
    const of = (before: { uptimeSeconds: number; outOfMemory: number }) =>
      said(judgeHost("db1", host({ outOfMemory: 4 }), before));
    expect(of({ uptimeSeconds: 50, outOfMemory: 4 })).toEqual([]);
    expect(of({ uptimeSeconds: 50, outOfMemory: 3 })).toEqual(["warning: db1 ran out of memory and killed a process"]);
    expect(of({ uptimeSeconds: 5000, outOfMemory: 9 })).toEqual([
      "warning: db1 ran out of memory and killed 4 processes",
    ]);
  });
  it("tell failed units, and too little memory", () => {
    const judged = judgeHost("db1", host({ failed: ["a.service"], memoryMb: { total: 1000, available: 49 } }));
    expect(said(judged)).toEqual([
      "warning: failed on db1: a.service",
      "warning: db1 has 49 of 1000 MB of memory left",
    ]);
  });
  it("are unknown as a whole", () =>
    expect(judgeHost("db1", untold("gone")).unknown).toEqual(["memory db1", "oom db1", "units db1"]));
});
