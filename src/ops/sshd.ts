import { z } from "zod";
import { operation } from "../core/operation.ts";
import { raw, run, sh, type Action, type Script } from "../core/shell.ts";

const Port = z.int().min(1).max(65_535);
const Sshd = z.strictObject({
  /** Ports it listens on, ascending. */
  ports: z.array(Port).min(1),
  /** Further lines of its configuration. */
  settings: z.string(),
});
export type Sshd = z.infer<typeof Sshd>;

/** Read before the distribution's own settings; the first value of a keyword counts (sshd_config(5)). */
const dropIn = "/etc/ssh/sshd_config.d/10-nonet.conf";
const candidate = "/run/nonet/sshd_config";

/**
 * The SSH server. The way in is never lost: a new port opens beside the old ones, is proven by a new connection, and
 * only then the old ones close. Settings are tested before they are put in place.
 */
export const sshd = operation<Sshd>({
  name: "ssh server",
  state: Sshd,
  key: () => "sshd",
  read: () => sh`ss -Hltnp | grep -v '127\.0\.0\.1:\|\[::1\]:' | sed -nE 's/^\S+ +\S+ +\S+ +\S*:([0-9]+) .*"sshd".*/port \1/p'
if [ -e ${dropIn} ]; then echo settings; cat ${dropIn}; fi`,
  parse(output, wants) {
    const at = output.indexOf("settings\n");
    const ports = (at === -1 ? output : output.slice(0, at)).matchAll(/^port (\d+)$/gm);
    const unique = [...new Set([...ports].map((match) => Number(match[1])))].toSorted((a, b) => a - b);
    const text = at === -1 ? "" : output.slice(at + "settings\n".length);
    const settings = text.replaceAll(/^Port \d+\n/gm, "");
    return wants.map(() => ({ ports: unique, settings }));
  },
  apply(want, _changes, have) {
    const added = want.ports.filter((port) => have?.ports.includes(port) !== true);
    const both = [...new Set([...(have?.ports ?? []), ...want.ports])].toSorted((a, b) => a - b);
    return added.length === 0 ? use(want) : [...use({ ...want, ports: both }), ...use(want)];
  },
});

function use({ ports, settings }: Sshd): Action[] {
  const content = `${ports.map((port) => `Port ${port}\n`).join("")}${settings}`;
  const proven = ports.at(-1);
  return [
    run(sh`mkdir -p /run/nonet`),
    { kind: "write", path: candidate, content, mode: "0600", owner: "root", group: "root" },
    run(sh`sshd -t -f ${candidate}`),
    { kind: "write", path: dropIn, content, mode: "0644", owner: "root", group: "root" },
    run(sh`set -eu
sshd -t
systemctl reload ssh
${raw(awaitPorts(ports))}`),
    ...(proven === undefined ? [] : [{ kind: "prove" as const, port: proven }]),
  ];
}

const awaitPorts = (ports: readonly number[]): Script => sh`for port in ${ports.map(String)}; do
  n=0
  until ss -Hltn "sport = :$port" | grep -q .; do
    n=$((n + 1))
    [ $n -le 100 ] || { echo "sshd does not listen on port $port after its reload" >&2; exit 1; }
    sleep 0.1
  done
done`;
