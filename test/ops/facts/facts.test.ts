import { describe, expect, it } from "vitest";
import { interfaces } from "../../../src/ops/facts/address.ts";
import { connectedTo } from "../../../src/ops/facts/connections.ts";
import { drbdState } from "../../../src/ops/facts/drbd.ts";
import { parseAnswers } from "../../../src/ops/facts/http.ts";
import { listening } from "../../../src/ops/facts/listening.ts";
import { quorumState } from "../../../src/ops/facts/quorum.ts";
import { parseScan } from "../../../src/ops/facts/scan.ts";
import { unitStates } from "../../../src/ops/facts/units.ts";
import { usedServers } from "../../../src/ops/facts/upstream.ts";
import { lastLogs } from "../../../src/ops/facts/logs.ts";
import { databaseState } from "../../../src/ops/facts/database.ts";

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

it("lists who is connected, an address for each connection, and knows a list that was cut off", () => {
  const output = `0      0            10.10.0.43:80          10.10.0.11:41708
0      0      [::ffff:10.10.0.43]:80 [::ffff:10.10.0.12]:39872
complete
`;
  expect(connectedTo(80).parse(output)).toEqual(["10.10.0.11", "10.10.0.12"]);
  expect(connectedTo(80).parse("complete\n")).toEqual([]);
  expect(() => connectedTo(80).parse("0 0 10.10.0.43:80 10.10.0.11:41708\n")).toThrow("to its end");
  expect(() => connectedTo(80).parse("nonsense\ncomplete\n")).toThrow("nonsense");
});

it("reads the web servers of a balancer, and fails where there is no list of them", () => {
  const conf = `http {
  upstream web {
    zone web 64k;
    server 10.10.0.41:80 max_fails=2 fail_timeout=5s;
    server 10.10.0.42:80;
    keepalive 32;
  }
  server {
    listen 80 default_server;
  }
}
`;
  expect(usedServers.parse(conf)).toEqual(["10.10.0.41", "10.10.0.42"]);
  expect(() => usedServers.parse("events {}\n")).toThrow("names no web servers");
});

it("reads addresses of both families and the cards", () => {
  const output = `2: eth0    inet 198.18.0.10/24 brd 198.18.0.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 fd98:18::1/64 scope global \\       valid_lft forever
2: eth0@if14: <UP> mtu 1500 qdisc noqueue state UP\\    link/ether f2:3c:95:0d:b0:55 brd ff:ff:ff:ff:ff:ff
complete
`;
  expect(interfaces.parse(output)).toEqual({
    addresses: [
      { nic: "eth0", address: "198.18.0.10" },
      { nic: "eth0", address: "fd98:18::1" },
    ],
    macs: ["f2:3c:95:0d:b0:55"],
  });
  expect(() => interfaces.parse("complete\n")).toThrow("ip did not list");
});

describe("drbd", () => {
  const device = ` 0: cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate C r-----
    ns:0 nr:0 dw:0 dr:0 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:2048
\t[=>..................] sync'ed: 12.5% (2048/4096)K
`;
  it("reads both sides and how far a synchronisation is", () => {
    expect(drbdState.parse(`version: 8.4.11\n${device}complete\n`)).toEqual({
      ...{ connection: "SyncTarget", role: "Secondary", peerRole: "Primary", disk: "Inconsistent" },
      ...{ peerDisk: "UpToDate", outOfSyncKib: 2048, synced: 12.5 },
    });
  });
  it("is nothing when the device is down, and an error when it cannot be read", () => {
    expect(drbdState.parse("version: 8.4.11\n 0: cs:Unconfigured\ncomplete\n")).toBeNull();
    expect(drbdState.parse("version: none\ncomplete\n")).toBeNull();
    expect(() => drbdState.parse("version: 8.4.11\n 0: cs:Conn\ncomplete\n")).toThrow("device 0");
    expect(() => drbdState.parse("")).toThrow("does not begin");
  });
});

describe("quorum", () => {
  it("counts votes", () => {
    const output = "Quorate:          Yes\nExpected votes:   3\nTotal votes:      2\nFlags: Quorate Qdevice\n";
    expect(quorumState.parse(output)).toEqual({ quorate: true, votes: 2, expected: 3 });
  });
  it("is nothing when Corosync does not run, and an error when nothing is said", () => {
    expect(quorumState.parse("Cannot initialize CMAP service\n")).toBeNull();
    expect(() => quorumState.parse("")).toThrow("votes and quorum");
  });
});

describe("database", () => {
  it("is nothing when no server answers", () => {
    const refused = "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)";
    expect(databaseState.parse(`${refused}\n`)).toBeNull();
  });
  it("is an error when the server answers something else", () => {
    expect(() => databaseState.parse("ERROR 1045 (28000): Access denied for user 'root'@'localhost'\n")).toThrow(
      "1045",
    );
    expect(() => databaseState.parse("read_only: 0\n")).toThrow("did not tell");
  });
});

it("hides what looks like a secret in logs, and control characters", () => {
  const line = "db1 app[1]: \u001B[31mlogin password=hunter22 token: 'abc def' IDENTIFIED BY \"x y\"\u0007 done";
  expect(lastLogs(undefined).parse(`${line}\n`)).toEqual([
    "db1 app[1]: login password=•••• token: •••• IDENTIFIED BY •••• done",
  ]);
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
