import { describe, expect, it } from "vitest";
import { addresses } from "../../../src/ops/facts/address.ts";
import { drbdState } from "../../../src/ops/facts/drbd.ts";
import { parseAnswers } from "../../../src/ops/facts/http.ts";
import { listening } from "../../../src/ops/facts/listening.ts";
import { quorumState } from "../../../src/ops/facts/quorum.ts";
import { parseScan } from "../../../src/ops/facts/scan.ts";
import { unitStates } from "../../../src/ops/facts/units.ts";
import { databaseState } from "../../../src/ops/facts/writer.ts";

describe("listening ports", () => {
  it("leaves out what only the node itself can reach", () => {
    const output = `LISTEN 0 511 0.0.0.0:80 0.0.0.0:*
LISTEN 0 511 127.0.0.1:8080 0.0.0.0:*
LISTEN 0 128 [::]:322 [::]:*
LISTEN 0 128 [::1]:25 [::]:*
LISTEN 0 128 *:80 *:*`;
    expect(listening.parse(output)).toEqual([80, 322]);
  });
});

it("reads addresses of both families", () => {
  const output = `2: eth0    inet 198.18.0.10/24 brd 198.18.0.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 fd98:18::1/64 scope global \\       valid_lft forever`;
  expect(addresses.parse(output)).toEqual([
    { nic: "eth0", address: "198.18.0.10" },
    { nic: "eth0", address: "fd98:18::1" },
  ]);
});

describe("drbd", () => {
  it("reads both sides", () => {
    const output = `version: 8.4.11 (api:1/proto:86-101)
 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----
    ns:0 nr:0 dw:0 dr:0`;
    expect(drbdState.parse(output)).toEqual({
      connection: "Connected",
      role: "Primary",
      peerRole: "Secondary",
      disk: "UpToDate",
      peerDisk: "UpToDate",
    });
  });
  it("is nothing when the device is down", () => expect(drbdState.parse("version: 8.4.11\n")).toBeNull());
});

describe("quorum", () => {
  it("counts votes", () => {
    const output = "Quorate:          Yes\nExpected votes:   3\nTotal votes:      2\nFlags: Quorate Qdevice\n";
    expect(quorumState.parse(output)).toEqual({ quorate: true, votes: 2, expected: 3 });
  });
  it("is nothing when Corosync does not run", () => expect(quorumState.parse("")).toBeNull());
});

describe("database", () => {
  const slave = (io: string, lag: string) =>
    `*** 1. row ***\nread_only: 0\n*** 1. row ***\n Slave_IO_Running: ${io}\n Slave_SQL_Running: Yes\n Seconds_Behind_Master: ${lag}\n`;
  it("tells a writer that replicates", () => {
    expect(databaseState.parse(slave("Yes", "0"))).toEqual({ readOnly: false, replicating: true, lag: 0 });
  });
  it("tells a replication that stands still", () => {
    expect(databaseState.parse(slave("Connecting", "NULL"))).toEqual({
      readOnly: false,
      replicating: false,
      lag: null,
    });
  });
  it("is nothing when the server does not answer", () => expect(databaseState.parse("")).toBeNull());
});

it("pairs units with their states", () => {
  expect(unitStates(["nginx", "corosync"]).parse("active\nfailed\n")).toEqual({ nginx: "active", corosync: "failed" });
});

it("reads answers with their bodies", () => {
  expect(parseAnswers("hello\nworld\n#status 200\n\n#status 000\n")).toEqual([
    { body: "hello\nworld", status: 200 },
    { body: "", status: 0 },
  ]);
});

it("reads scans and refuses what is none", () => {
  expect(parseScan("10.10.0.21 3306 open\n10.10.0.21 22 silent\n")).toEqual({
    "10.10.0.21": { 3306: "open", 22: "silent" },
  });
  expect(() => parseScan("Traceback (most recent call last):")).toThrow("Traceback");
});
