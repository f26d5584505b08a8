import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterState, type FilterState } from "../../src/ops/facts/filter.ts";
import { filterReport } from "../../src/policy/filter-report.ts";
import { firewallRules } from "../../src/policy/firewall.ts";
import { mutation } from "../fixtures/mutations.ts";
import { recordedCluster, recordings } from "../fixtures/recorded.ts";
import { nodeNamed } from "./sample.ts";

const cluster = recordedCluster();

type Edit = (table: string) => string;
const same: Edit = (table) => table;
const insert =
  (rule: string): Edit =>
  (table) =>
    table.replace("-A INPUT -i lo", `${rule}\n-A INPUT -i lo`);
const without =
  (pattern: RegExp): Edit =>
  (table) =>
    table
      .split("\n")
      .filter((line) => !pattern.test(line))
      .join("\n");

/** What is said of a node whose rules were changed by hand, running or at boot. */
function report(
  name: string,
  running: { v4?: Edit; v6?: Edit },
  saved: { v4?: Edit; v6?: Edit } = {},
  others: string[] = [],
) {
  const node = nodeNamed(cluster, name);
  const declared = firewallRules(cluster, node);
  const edited = ({ v4 = same, v6 = same }: { v4?: Edit; v6?: Edit }) => ({ v4: v4(declared.v4), v6: v6(declared.v6) });
  const state: FilterState = { declared, running: edited(running), saved: edited(saved), others };
  const { findings, diff } = filterReport(cluster, node, state);
  return { says: findings.map(({ says }) => says), levels: findings.map(({ level }) => level), diff };
}

const mysql = "-A INPUT -p tcp -m tcp --dport 3306 -j ACCEPT";

describe("what differs, and what it means", () => {
  it("nothing", () => expect(report("db2", {})).toEqual({ says: [], levels: [], diff: [] }));

  it("a port opened by hand", () => {
    expect(report("db2", { v4: insert(mysql) })).toEqual({
      says: [
        "db2: MariaDB (TCP 3306) is newly open to the whole internet and everybody on the VLAN, until the next restart",
      ],
      levels: ["degraded"],
      diff: [`+ db2 IPv4, running: ${mysql}`],
    });
  });

  it("the same at boot, and in both", () => {
    expect(report("db2", {}, { v4: insert(mysql) }).says[0]).toMatch(/newly open .*, after the next restart$/);
    expect(report("db2", { v4: insert(mysql) }, { v4: insert(mysql) }).says[0]).toMatch(/everybody on the VLAN$/);
    expect(report("db2", { v4: insert(mysql), v6: insert(mysql) }).says[0]).toContain("(IPv4 and IPv6)");
  });

  it("a rule that is gone", () => {
    const { says, diff } = report("web1", { v4: without(/SSH from admin/) });
    expect(says).toEqual(["web1: admin1 can no longer reach SSH (TCP 322), until the next restart"]);
    expect(diff).toHaveLength(1);
    expect(diff[0]).toMatch(
      /^- web1 IPv4, running: .*\(admin1 may reach TCP 322 over the public network: SSH from admin\.\)$/,
    );
  });

  it("IPv6 flushed", () => {
    expect(report("web1", { v6: without(/^-A/) }).says).toEqual([
      "web1: it gets no answers any more to what it begins (IPv6), until the next restart",
      "web1: it no longer takes errors of path MTU discovery, so that large packets get lost (IPv6), until the next restart",
      "web1: it no longer takes neighbour discovery, without which IPv6 does not work (IPv6), until the next restart",
      "web1: it can no longer talk to itself (IPv6), until the next restart",
      "web1: admin1 can no longer reach SSH (TCP 322), the monitoring (TCP 5666), and ping (IPv6), until the next restart",
    ]);
  });

  it("no rules at all", () => {
    const { says } = report("db1", { v4: () => "" });
    expect(says[0]).toMatch(/^db1: every UDP port, every TCP port, and ping are newly open to the whole internet/);
    expect(says).toContainEqual(expect.stringContaining("newly passes packets on for others"));
  });
});

describe("order and other tools", () => {
  it("order counts where it makes a difference", () => {
    const first = insert("-A INPUT -i eth0 -p tcp -m multiport --dports 80,443 -j DROP");
    expect(report("lb1", { v4: first }).says[0]).toBe(
      "lb1: the whole internet can no longer reach HTTP (TCP 80) and HTTPS (TCP 443), until the next restart",
    );
  });

  it("rules that moved without effect are told as such", () => {
    const swap: Edit = (table) => {
      const lines = table.split("\n");
      const at = lines.findIndex((line) => line.includes("SSH from admin"));
      [lines[at], lines[at + 1]] = [lines[at + 1] ?? "", lines[at] ?? ""];
      return lines.join("\n");
    };
    const { says, diff } = report("web1", { v4: swap });
    expect(says).toEqual([
      "web1: rules differ, but nothing that can be told is open or closed by it, until the next restart",
    ]);
    expect(diff.map((line) => line.slice(0, 12))).toEqual(["~ web1 IPv4,"]);
  });

  it("a rule that is not understood is uncertain, not fine", () => {
    const { says, levels } = report("lb1", { v4: insert("-A INPUT -m recent --rcheck --name bad -j DROP") });
    expect(says[0]).toContain("hangs on a rule that Nonet does not understand");
    expect(levels[0]).toBe("degraded");
  });

  it("chains and tables of other tools are named", () => {
    const f2b: Edit = (table) =>
      insert("-A INPUT -p tcp -m multiport --dports 322 -j f2b-sshd")(
        table.replace(":OUTPUT", ":f2b-sshd - [0:0]\n:OUTPUT"),
      ).replace("COMMIT", "-A f2b-sshd -j RETURN\nCOMMIT");
    const { says } = report("db1", { v4: f2b }, {}, ["nft inet docker"]);
    expect(says).toContain("db1: there is the chain f2b-sshd of another tool (IPv4, 1 rule)");
    expect(says.at(-1)).toBe(
      "db1: there is the table nft inet docker of another tool; it may block more than is told here",
    );
  });
});

describe("recorded rules", () => {
  const all = recordings(cluster).filter(({ kind }) => kind === "filter");
  it.each(all.map((one) => [one.node.name, one] as const))("of %s are as declared", (_, { fact, output, node }) => {
    expect(filterReport(cluster, node, fact.parse(output) as FilterState)).toEqual({ findings: [], diff: [] });
  });

  it("that differ are never taken for the declared ones, whatever comes back", { timeout: 120_000 }, () => {
    const one = all.find(({ node }) => node.name === "db2");
    if (one === undefined) throw new Error("db2 was not recorded");
    const node = nodeNamed(cluster, "db2");
    const fact = filterState(firewallRules(cluster, node));
    const [head = "", rest = ""] = one.output.split("@running v4\n");
    const differs = `${head}@running v4\n${rest.replace("-A INPUT -i lo", `${mysql}\n-A INPUT -i lo`)}`;
    expect(filterReport(cluster, node, fact.parse(differs)).findings).toHaveLength(1);
    fc.assert(
      fc.property(mutation, (mutate) => {
        const findings = readOrNothing(() => filterReport(cluster, node, fact.parse(mutate(differs))).findings);
        expect(findings).not.toEqual([]);
      }),
      { numRuns: 3000, seed: 11 },
    );
  });
});

/** `undefined` for what cannot be read, which is told as unknown. */
function readOrNothing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
