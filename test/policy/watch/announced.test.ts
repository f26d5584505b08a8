import { describe, expect, it } from "vitest";
import type { CloudAnnouncements } from "../../../src/core/cloud.ts";
import { untold, type Told } from "../../../src/core/fact.ts";
import type { NagiosCheck, NagiosState } from "../../../src/ops/facts/nagios.ts";
import { type Looked } from "../../../src/policy/watch/looked.ts";
import { judgeMaintenance } from "../../../src/policy/watch/maintenance.ts";
import { judgeNagios } from "../../../src/policy/watch/nagios.ts";
import { recordedCluster } from "../../fixtures/recorded.ts";

const known = <T>(value: T): Told<T> => ({ known: true, value });
const said = ({ concerns }: Looked) => concerns.map(({ severity, title }) => `${severity}: ${title}`);
const keys = ({ concerns }: Looked) => concerns.map(({ key }) => key);
const now = Date.parse("2026-11-25T12:00:00Z");
const hour = 3_600_000;
const cluster = recordedCluster();
const nodeOf = (name: string) => {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(name);
  return node;
};

describe("nagios", () => {
  const at = now / 1000;
  const check = (host: string, service: string | null, more: Partial<NagiosCheck> = {}): NagiosCheck => ({
    ...{ host, service, checked: true, state: "ok", hard: true, silenced: false, flapping: false, says: "ok" },
    ...{ since: at - 60, last: at - 10 },
    ...more,
  });
  const of = (checks: readonly NagiosCheck[], more: Partial<NagiosState> = {}) =>
    judgeNagios(
      nodeOf("admin1"),
      [nodeOf("db1")],
      known({ now: at, written: at - 5, checking: true, checks, ...more }),
    );
  const host = check("db1", null);
  it.each([
    [{ state: "critical" }, ["critical: db1 Disk: ok"]],
    [{ state: "warning" }, ["warning: db1 Disk: ok"]],
    [{ state: "unknown", says: "" }, ["warning: db1 Disk: not well"]],
    [{ state: "critical", hard: false }, []],
    [{ state: "critical", silenced: true }, []],
    [{ state: "ok", flapping: true }, ["warning: db1 Disk changes again and again"]],
  ] as const)("%j", (more, expected) => expect(said(of([host, check("db1", "Disk", more)]))).toEqual(expected));
  it("does not repeat a host's death for all its services, nor call them well", () => {
    const judged = of([check("db1", null, { state: "critical" }), check("db1", "Disk", { state: "critical" })]);
    expect(keys(judged)).toEqual(["nagios db1"]);
    expect(judged.unknown).toEqual(["nagios db1 Disk"]);
  });
  it.each([
    [{ written: null }, "has written no status"],
    [{ written: at - 600 }, "wrote its status 10 min ago"],
    [{ checking: false }, "is told to make no checks"],
  ])("that is dead knows nothing: %j", (more, why) => {
    const judged = of([host, check("db1", "Disk", { state: "critical" })], more);
    expect(said(judged)).toEqual([`warning: Nagios on admin1 ${why}`]);
    expect(judged.unknown).toEqual(["nagios"]);
  });
  it("misses nodes it does not watch, and does not know what it did not look at", () => {
    expect(keys(of([check("db9", null)]))).toEqual(["monitoring db1"]);
    const old = of([host, check("db1", "Disk", { last: at - 3600 }), check("db1", "SSH", { checked: false })]);
    expect(old).toMatchObject({ concerns: [], unknown: ["nagios db1 Disk", "nagios db1 SSH"] });
    expect(judgeNagios(nodeOf("admin1"), [], untold("gone")).unknown).toEqual(["monitoring", "nagios"]);
  });
});

describe("what Linode announces", () => {
  const work = (name: string, hours: number, more = {}) => ({
    ...{
      nodeId: nodeOf(name).linodeId,
      type: "reboot",
      started: false,
      at: now + hours * hour,
      reason: "a new BIOS\u001B[31m",
    },
    ...more,
  });
  const of = (told: Partial<CloudAnnouncements>) =>
    judgeMaintenance(cluster, known({ maintenance: [], notifications: [], ...told }), now);
  it.each([
    [work("web1", 100), ["info: Linode restarts web1 in about 4 days"]],
    [work("web1", 2), ["warning: Linode restarts web1 in about 2 h"]],
    [work("db1", 0.2, { type: "live_migration" }), ["warning: Linode moves, running, db1 in about 12 min"]],
    [work("db1", -1, { started: true }), ["warning: Linode restarts db1 now"]],
    [
      work("db1", 1, { at: null, type: "new" }),
      ["warning: Linode does maintenance (new) on db1 at a time it does not tell"],
    ],
  ])("%#", (one, expected) => {
    const judged = of({ maintenance: [one, { ...one, nodeId: 7 }] });
    expect(said(judged)).toEqual(expected);
    expect(JSON.stringify(judged)).not.toContain("u001b");
  });
  it("is worst when nobody is left to take over", () => {
    expect(keys(of({ maintenance: [work("lb1", 5), work("lb2", 6)] }))).toEqual([
      "maintenance pair lb",
      "maintenance lb1",
      "maintenance lb2",
    ]);
    expect(keys(of({ maintenance: [work("lb1", 5), work("lb2", 9)] }))).toHaveLength(2);
  });
  it("is told once, and what is about others is not", () => {
    const note = {
      type: "maintenance",
      severity: "major",
      message: "This Linode …",
      nodeId: null,
      region: null,
      at: null,
    } as const;
    const { linodeId } = nodeOf("web1");
    expect(keys(of({ maintenance: [work("web1", 2)], notifications: [{ ...note, nodeId: linodeId }] }))).toEqual([
      "maintenance web1",
    ]);
    const about = of({
      notifications: [
        { ...note, nodeId: linodeId },
        { ...note, nodeId: 7 },
        { ...note, type: "outage", severity: "critical", region: "us-ord" },
        { ...note, type: "outage", severity: "critical", region: "ap-west" },
        { ...note, type: "promotion" },
      ],
    });
    expect(said(about)).toEqual([
      "warning: Linode announces for web1: This Linode …",
      "critical: Linode announces for us-ord: This Linode …",
    ]);
  });
  it("is unknown where the token may not see it", () =>
    expect(judgeMaintenance(cluster, untold("the token lacks account:read_only"), now)).toMatchObject({
      ...{ concerns: [], unknown: ["maintenance", "provider"] },
      untold: ["Linode: the token lacks account:read_only"],
    }));
});
