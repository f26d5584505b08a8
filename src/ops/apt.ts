import { z } from "zod";
import { operation } from "../core/operation.ts";
import { run, sh } from "../core/shell.ts";

/** Packages that are installed. */
const AptPackages = z.strictObject({ packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/)).min(1) });

/**
 * Debian packages that must be installed, all of them by one run of apt-get. Services do not start with the
 * distribution's own configuration: `policy-rc.d` says no meanwhile (invoke-rc.d(8)); a unit is started by the
 * operation that wants it running.
 */
export const apt = operation<z.infer<typeof AptPackages>>({
  name: "apt packages",
  state: AptPackages,
  key: (want) => want.packages.join(" "),
  read: (wants) =>
    sh`dpkg-query --show --showformat='\${Package} \${db:Status-Status}\n' ${[
      ...new Set(wants.flatMap((want) => want.packages)),
    ]} 2>/dev/null || true`,
  parse(output, wants) {
    const installed = new Set(
      output.split("\n").flatMap((line) => {
        const [name, status] = line.split(" ");
        return name !== undefined && status === "installed" ? [name] : [];
      }),
    );
    return wants.map((want) => ({ packages: want.packages.filter((name) => installed.has(name)) }));
  },
  diff: (have, want) =>
    want.packages
      .filter((name) => have?.packages.includes(name) !== true)
      .map((name) => ({ field: name, have: null, want: "installed" })),
  apply: (_want, changes) => [
    run(sh`set -eu
export DEBIAN_FRONTEND=noninteractive
net="-o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o DPkg::Lock::Timeout=300"
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ] || grep -qs '^# by nonet$' "$policy"; then
  printf '#!/bin/sh\n# by nonet\nexit 101\n' >"$policy"
  chmod 0755 "$policy"
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM PIPE
fi
apt-get -q $net -o APT::Update::Error-Mode=any update
apt-get -q -y $net --no-install-recommends -o Dpkg::Options::=--force-confold install ${changes.map((change) => change.field)}`),
  ],
});
