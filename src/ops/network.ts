import { z } from "zod";
import { operation } from "../core/operation.ts";
import { lines, run, sh, type Script } from "../core/shell.ts";

const Nic = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9]{1,14}$/),
  ipv4: z.strictObject({ address: z.cidrv4(), gateway: z.ipv4().nullable() }),
  ipv6: z.strictObject({ address: z.cidrv6(), gateway: z.ipv6() }).nullable(),
});
export type Nic = z.infer<typeof Nic>;

const Network = z.strictObject({
  /** Text of /etc/network/interfaces. */
  file: z.string(),
  /** `eth0 198.18.0.11/24`: what the kernel must hold; it may hold more, such as a floating address. */
  addresses: z.array(z.string()),
  /** `eth0 198.18.0.1`: default routes. */
  routes: z.array(z.string()),
  /** Port of SSH that must answer after a change. */
  provePort: z.int(),
});
export type Network = z.infer<typeof Network>;

const path = "/etc/network/interfaces";

/**
 * Static addresses by Debian's ifupdown (interfaces(5)). Missing addresses and routes are added to the running kernel
 * and nothing is taken away, so a connection never drops; the file is for the next boot.
 */
export const network = operation<Network>({
  name: "network",
  state: Network,
  key: () => "network",
  read: () => sh`ip -o address show | sed -nE 's/^[0-9]+: ([^ @]+)[^ ]* +inet6? ([^ ]+).*/address \1 \2/p'
{ ip -4 route show default; ip -6 route show default; } | sed -nE 's/^default via ([^ ]+) dev ([^ ]+).*/route \2 \1/p'
echo file; cat ${path} 2>/dev/null || true`,
  parse(output, wants) {
    const at = output.indexOf("file\n");
    const found = new Set(output.slice(0, at).split("\n"));
    return wants.map((want) => ({
      file: output.slice(at + "file\n".length),
      addresses: want.addresses.filter((address) => found.has(`address ${address}`)),
      routes: want.routes.filter((route) => found.has(`route ${route}`)),
      provePort: want.provePort,
    }));
  },
  apply(want, _changes, have) {
    const addresses = want.addresses.filter((address) => have?.addresses.includes(address) !== true);
    const routes = want.routes.filter((route) => have?.routes.includes(route) !== true);
    const content = { content: want.file, mode: "0644", owner: "root", group: "root" };
    return [
      { kind: "write", path: `${path}.nonet`, ...content },
      run(sh`ifup --no-act --force --all --interfaces=${`${path}.nonet`}`),
      ...(addresses.length + routes.length === 0
        ? []
        : [run(lines([sh`set -eu`, ...addresses.map(addAddress), ...routes.map(addRoute)]))]),
      { kind: "prove", port: want.provePort },
      run(sh`mv -f ${`${path}.nonet`} ${path}`),
    ];
  },
});

function addAddress(text: string): Script {
  const [nic = "", address = ""] = text.split(" ");
  return address.includes(":")
    ? sh`ip link set ${nic} up; ip -6 address replace ${address} dev ${nic} nodad`
    : sh`ip link set ${nic} up; ip -4 address replace ${address} dev ${nic} broadcast +`;
}

function addRoute(text: string): Script {
  const [nic = "", gateway = ""] = text.split(" ");
  return gateway.includes(":")
    ? sh`ip -6 route replace default via ${gateway} dev ${nic}`
    : sh`ip -4 route replace default via ${gateway} dev ${nic} onlink`;
}

/** The wanted state for these interfaces. */
export function networkOf(nics: readonly Nic[], provePort: number): Network {
  const each = <T>(of: (nic: Nic) => readonly (T | null | undefined)[]) =>
    nics.flatMap(of).filter((value) => value !== null && value !== undefined);
  return {
    file: interfaces(nics),
    addresses: each(({ name, ipv4, ipv6 }) => [`${name} ${ipv4.address}`, ipv6 && `${name} ${ipv6.address}`]),
    routes: each(({ name, ipv4, ipv6 }) => [
      ipv4.gateway && `${name} ${ipv4.gateway}`,
      ipv6 && `${name} ${ipv6.gateway}`,
    ]),
    provePort,
  };
}

function interfaces(nics: readonly Nic[]): string {
  const blocks = nics.map(({ name, ipv4, ipv6 }) =>
    [
      `auto ${name}`,
      `iface ${name} inet static`,
      `    address ${ipv4.address}`,
      ...(ipv4.gateway === null ? [] : [`    gateway ${ipv4.gateway}`]),
      ...(ipv6 === null
        ? []
        : [`iface ${name} inet6 static`, `    address ${ipv6.address}`, `    gateway ${ipv6.gateway}`]),
      "",
    ].join("\n"),
  );
  return ["# Written by nonet; changes are overwritten.\nauto lo\niface lo inet loopback\n", ...blocks].join("\n");
}
