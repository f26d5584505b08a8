import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { quote, type Action } from "../../src/core/shell.ts";
import { canonical } from "../../src/ops/facts/filter.ts";
import { firewall, type Firewall } from "../../src/ops/iptables.ts";

/** The actions of the firewall on real iptables: in a network, and a view of the files, that nobody else sees. */
const inside = (script: string) =>
  spawnSync("unshare", ["-n", "-m", "sh", "-ec", script], { encoding: "utf8", env: { PATH: process.env["PATH"] } });
const probe = inside("mount -t tmpfs none /run; iptables-save -t filter >/dev/null");
const why = probe.status === 0 ? "" : " (skipped: this needs root, unshare and iptables)";

const rules = (line: string): string =>
  `*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n${line}COMMIT\n`;
const want: Firewall = {
  v4: rules("-A INPUT -p tcp -m tcp --dport 322 -j ACCEPT\n"),
  v6: rules("-A INPUT -p tcp -m tcp --dport 322 -j ACCEPT\n"),
  saved: true,
  provePort: 322,
};
const actions = firewall.apply(want, firewall.diff(undefined, want), undefined);
const proof = actions.findIndex((action) => action.kind === "prove");

/** A stand-in for systemd that only notes what was asked of it. */
const machine = `mount -t tmpfs none /run; mount -t tmpfs none /tmp; mkdir -p /etc/iptables; mount -t tmpfs none /etc/iptables
for tool in systemctl systemd-run; do printf '#!/bin/sh\\necho "%s $*" >>/run/asked\\n' $tool >/tmp/$tool; chmod 0755 /tmp/$tool; done
PATH=/tmp:$PATH
printf '%s' '${rules("")}' >/tmp/before; iptables-restore /tmp/before; ip6tables-restore /tmp/before`;

const perform = (list: readonly Action[]): string =>
  list
    .flatMap((action) => {
      if (action.kind === "write") return [`printf '%s' '${String(action.content)}' >${action.path}`];
      return action.kind === "run" ? [`( ${action.script}\n)`] : [];
    })
    .join("\n");
/** In a shell of its own: on the left of `||`, `set -e` would not count. */
const tryOut = (script: string): string => `sh -ec ${quote(script)} && echo unexpected >&2 || true`;
const show =
  "iptables-save -t filter; echo @; ip6tables-save -t filter; echo @; cat /etc/iptables/rules.v4 2>/dev/null || true";
const after = (...scripts: string[]) => {
  const { stdout, stderr, status } = inside([machine, ...scripts, show].join("\n"));
  const [v4 = "", v6 = "", saved = ""] = stdout.split("@\n");
  return { v4: canonical(v4), v6: canonical(v6), saved, stderr, status };
};

describe.skipIf(why !== "")(`firewall${why}`, () => {
  const before = perform(actions.slice(0, proof));
  const confirmed = perform(actions.slice(proof));
  const old = rules("");

  test("rules that were proven run and are saved", () => {
    expect(after(before, confirmed)).toEqual({ v4: want.v4, v6: want.v6, saved: want.v4, stderr: "", status: 0 });
  });

  test("rules that nobody proves are taken back by the node, and were never saved", () => {
    expect(after(before, "sh /run/nonet/firewall/revert")).toMatchObject({ v4: old, v6: old, saved: "" });
  });

  test("a confirmation that comes after the node took its rules back fails and saves nothing", () => {
    const result = after(before, "sh /run/nonet/firewall/revert", tryOut(confirmed));
    expect(result).toMatchObject({ v4: old, saved: "" });
    expect(result.stderr).toMatch(/took its old rules back/);
    expect(result.stderr).not.toMatch(/unexpected/);
  });

  test("a second try after an interrupted one still goes back to the rules from before both", () => {
    expect(after(before, before, "sh /run/nonet/firewall/revert")).toMatchObject({ v4: old, v6: old, saved: "" });
  });

  test("the timer is armed before the new rules run", () => {
    const { stderr, status } = after(before, "grep -q 'systemd-run .*--on-active=60' /run/asked");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });

  test("rules that iptables refuses never run", () => {
    const broken = { ...want, v6: rules("-A INPUT -p nonsense -j ACCEPT\n") };
    const list = firewall.apply(broken, firewall.diff(undefined, broken), undefined);
    const tried = perform(
      list.slice(
        0,
        list.findIndex((action) => action.kind === "prove"),
      ),
    );
    const result = after(tryOut(tried));
    expect(result).toMatchObject({ v4: old, v6: old, saved: "" });
    expect(result.stderr).not.toMatch(/unexpected/);
  });

  test("a node that had no rules at all goes back to letting everything in", () => {
    const empty = "iptables -F; iptables -P INPUT ACCEPT; nft flush ruleset 2>/dev/null || true";
    const { v4 } = after(empty, before, "sh /run/nonet/firewall/revert");
    expect(v4).toContain(":INPUT ACCEPT");
  });
});
