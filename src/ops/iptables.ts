import { z } from "zod";
import { operation, type Change } from "../core/operation.ts";
import { run, sh, type Action } from "../core/shell.ts";
import { canonical, families } from "./facts/filter.ts";

const Rules = z.string().regex(/^\*filter\n[^]*\nCOMMIT\n$/, "the filter table as iptables-save prints it");
const Firewall = z.strictObject({
  /** The filter table in the spelling of iptables-save, without counters and comments. */
  v4: Rules.or(z.literal("")),
  v6: Rules.or(z.literal("")),
  /** The files that are loaded at boot say the same. */
  saved: z.boolean(),
  /** Port of SSH that must answer a new connection under the new rules. */
  provePort: z.int(),
});
export type Firewall = z.infer<typeof Firewall>;

const saved = (family: "v4" | "v6"): string => `/etc/iptables/rules.${family}`;
const folder = "/run/nonet/firewall";
const timer = "nonet-firewall-revert";
/** Seconds until a node takes back rules that nobody confirmed. */
const patience = 60;

/**
 * iptables for IPv4 and IPv6. New rules replace the old ones at once (a connection that stands is kept by connection
 * tracking, so only a new one proves anything). A timer on the node itself puts the old ones back unless a new SSH
 * connection got through; only then they are saved for the next boot.
 */
export const firewall = operation<Firewall>({
  name: "firewall",
  state: Firewall,
  key: () => "iptables",
  read: () => sh`echo @v4; iptables-save -t filter; echo @v6; ip6tables-save -t filter
for family in v4 v6; do echo "@saved-$family"; cat "/etc/iptables/rules.$family" 2>/dev/null || true; done
echo @end`,
  parse(output, wants) {
    const part = (name: string, next: string): string =>
      output.slice(output.indexOf(`@${name}\n`) + name.length + 2, output.indexOf(`@${next}\n`));
    const v4 = canonical(part("v4", "v6"));
    const v6 = canonical(part("v6", "saved-v4"));
    const files = { v4: part("saved-v4", "saved-v6"), v6: part("saved-v6", "end") };
    return wants.map((want) => ({
      v4,
      v6,
      saved: canonical(files.v4) === want.v4 && canonical(files.v6) === want.v6,
      provePort: want.provePort,
    }));
  },
  diff(have, want) {
    const changes: Change[] = families
      .filter((family) => have?.[family] !== want[family])
      .map((family) => ({ field: `rules ip${family}`, have: have?.[family] ?? null, want: want[family] }));
    if (have?.saved !== want.saved) changes.push({ field: "at boot", have: "other rules", want: "these rules" });
    return changes;
  },
  apply(want, changes) {
    const keep: Action[] = families.map((family) => ({ kind: "write", path: saved(family), ...owned(want[family]) }));
    const running = changes.some((change) => change.field !== "at boot");
    return [...(running ? replace(want) : []), run(sh`mkdir -p /etc/iptables`), ...keep];
  },
});

const owned = (content: string) => ({ content, mode: "0640", owner: "root", group: "root" });

function replace(want: Firewall): Action[] {
  return [
    run(sh`mkdir -p ${folder}`),
    { kind: "write", path: `${folder}/revert`, ...owned(revert) },
    { kind: "write", path: `${folder}/new.v4`, ...owned(want.v4) },
    { kind: "write", path: `${folder}/new.v6`, ...owned(want.v6) },
    run(sh`set -eu
cd ${folder}
systemctl stop ${`${timer}.timer`} 2>/dev/null || true
# What an interrupted change left unproven is taken back first.
sh ./revert
iptables-restore --test new.v4
ip6tables-restore --test new.v6
iptables-save -t filter >old.v4.next
ip6tables-save -t filter >old.v6.next
for f in old.v4 old.v6; do
  grep -q COMMIT $f.next || printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n' >$f.next
done
systemctl reset-failed ${`${timer}.timer`} ${`${timer}.service`} 2>/dev/null || true
systemd-run --quiet --unit=${timer} --on-active=${patience} --timer-property=AccuracySec=1s /bin/sh ${`${folder}/revert`}
mv old.v6.next old.v6
mv old.v4.next old.v4
iptables-restore new.v4 && ip6tables-restore new.v6 || { sh ./revert; exit 1; }`),
    { kind: "prove", port: want.provePort },
    run(sh`set -eu
cd ${folder}
systemctl stop ${`${timer}.timer`} 2>/dev/null || true
[ -e old.v4 ] || { echo "the node took its old rules back before the new ones were confirmed (${patience} s)" >&2; exit 1; }
rm -f old.v4 old.v6`),
  ];
}

/** Puts back what was saved, once. Its first move claims the old rules, so two of it never meet. */
const revert = `#!/bin/sh
cd ${folder} || exit 1
mv old.v4 revert.v4 2>/dev/null || exit 0
iptables-restore revert.v4
[ ! -e old.v6 ] || ip6tables-restore old.v6
rm -f revert.v4 old.v6
`;
