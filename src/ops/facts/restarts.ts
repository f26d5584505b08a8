import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** What still runs as it was before an update. */
export interface Restarts {
  /**
   * Versions of Debian's kernel: what runs, and the newest that is installed. `null` when the kernel that runs is not
   * Debian's, or none is installed here: a container's host or Linode chooses it.
   */
  readonly kernel: { readonly running: string; readonly newest: string } | null;
  /** Packages that asked for a restart of the machine (Debian Policy 9.12); empty when none did. */
  readonly asked: readonly string[];
  /** Units with processes that execute a file which was replaced: `nginx.service`, `init.scope`. */
  readonly units: readonly string[];
}

/**
 * What waits for a restart, as needrestart would find it: the kernel by its own banner, programs by the mapped files that
 * are no longer there. Debian's kernels do not touch /run/reboot-required; packages such as dbus may.
 */
export const restarts: Fact<Restarts> = {
  name: "restarts",
  script: sh`uname -v | sed -n 's/.* Debian \([^ ]*\) .*/running \1/p'
newest=$(dpkg-query -W -f '\${db:Status-Status} \${Package} \${Version}\n' 'linux-image-[0-9]*' 2>/dev/null |
  sed -n '/-dbg /d; s/^installed [^ ]* //p' | sort -V | tail -n 1)
if [ -n "$newest" ]; then echo "newest $newest"; fi
if [ -e /run/reboot-required ]; then
  echo "asked -"
  sort -u /run/reboot-required.pkgs 2>/dev/null | sed 's/^/asked /'
fi
for maps in $(grep -lsE ' r-xp .* /(usr|lib|opt).* \(deleted\)$' /proc/[0-9]*/maps); do
  sed -n 's,^0::.*/\([^/]*\.service\)\(/.*\)\{0\,1\}$,unit \1,p; s,^0::.*/init\.scope$,unit init.scope,p' \
    "$(dirname "$maps")/cgroup" 2>/dev/null
done | sort -u
echo complete`,
  parse(output) {
    const lines = output.trimEnd().split("\n");
    if (lines.pop() !== "complete") throw unreadable("What waits for a restart was cut off.");
    const words = lines.map((line) => {
      const [, kind = "", value = ""] = /^(running|newest|asked|unit) (\S+)$/.exec(line) ?? [];
      if (value === "") throw unreadable(`“${line.slice(0, 80)}” is nothing that waits for a restart.`);
      return { kind, value };
    });
    const of = (kind: string) => words.flatMap((word) => (word.kind === kind ? [word.value] : []));
    const [running, ...others] = of("running");
    const [newest, ...more] = of("newest");
    if (others.length + more.length > 0) throw unreadable("The node told of more than one kernel.");
    const asked = of("asked");
    const named = asked.filter((name) => name !== "-");
    return {
      kernel: running === undefined || newest === undefined ? null : { running, newest },
      asked: named.length === 0 && asked.length > 0 ? ["a package"] : named,
      units: of("unit"),
    };
  },
};
