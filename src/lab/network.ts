import { createHash } from "node:crypto";
import type { Machine, MachineInterface } from "./hypervisor.ts";
import { names, type Lab } from "./lab.ts";
import { attempt, LabError, run } from "./shell.ts";

/** Addresses on the cable between the lab's router and this machine, a /29. */
export interface Uplink {
  readonly router: string;
  /** Where the bot comes from. */
  readonly operator: string;
  /** A client on the internet whom no firewall knows. */
  readonly stranger: string;
  readonly routerV6: string;
  readonly operatorV6: string;
  readonly strangerV6: string;
}

/** The uplink of a lab with these first two bytes. */
export function uplink(net: Lab["net"]): Uplink {
  const v6 = `${v6Net(net)}:254:`;
  return {
    router: `${net}.254.1`,
    operator: `${net}.254.2`,
    stranger: `${net}.254.3`,
    routerV6: `${v6}:1`,
    operatorV6: `${v6}:2`,
    strangerV6: `${v6}:3`,
  };
}

const v6Net = (net: Lab["net"]): string => `fd98:${net.slice(4)}`;

/** Gateway of the public network that an address is in. */
export function gatewayOf(ipv4: string): string {
  return `${ipv4.split(".").slice(0, 3).join(".")}.1`;
}

async function ip(lines: readonly string[], namespace?: string): Promise<void> {
  const where = namespace === undefined ? [] : ["-n", namespace];
  await run("ip", [...where, "-batch", "-"], { input: `${lines.join("\n")}\n` });
}

/**
 * Makes the router: a namespace that forwards between the lab's networks and this machine. It has no default route, so
 * nothing leaves the lab; the settings of this machine's own network are not touched.
 * Throws `LabError` when another lab has the same addresses.
 */
export async function makeRouter(lab: Lab): Promise<void> {
  const name = names.router(lab.id);
  const { router, operator, stranger, routerV6, operatorV6, strangerV6 } = uplink(lab.net);
  const taken = await run("ip", ["route", "show", "exact", `${lab.net}.0.0/16`]);
  if (taken.trim() !== "") {
    const other = /dev (\S+)/.exec(taken)?.[1] ?? "?";
    throw new LabError(
      `The addresses ${lab.net}.0.0/16 are in use by the network card "${other}", probably of another lab. ` +
        "Take that lab down, or set LAB_NET=198.19 for this one.",
    );
  }
  await run("ip", ["netns", "add", name]);
  const sysctls = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0"];
  await run("ip", ["netns", "exec", name, "sysctl", "-qw", ...sysctls]);
  await ip([
    `link add ${name} type veth peer name uplink netns ${name}`,
    `address add ${operator}/29 dev ${name}`,
    `address add ${stranger}/29 dev ${name}`,
    `link set ${name} up`,
  ]);
  await ip(
    [
      "link set lo up",
      `address add ${router}/29 dev uplink`,
      `address add ${routerV6}/64 dev uplink nodad`,
      "link set uplink up",
    ],
    name,
  );
  await ip([`route add ${lab.net}.0.0/16 via ${router} dev ${name} src ${operator}`]);
  // A machine without IPv6 still has a lab.
  await attempt("ip", ["-batch", "-"], {
    input: `address add ${operatorV6}/64 dev ${name} nodad\naddress add ${strangerV6}/64 dev ${name} nodad
      route add ${v6Net(lab.net)}::/32 via ${routerV6} dev ${name} src ${operatorV6}\n`,
  });
}

/** Removes the router and every namespace that carries the lab's name, with all that is plugged into them. */
export async function removeNetworks(labId: string): Promise<void> {
  const router = names.router(labId);
  await attempt("ip", ["link", "delete", router]);
  const list = (await attempt("ip", ["netns", "list"])).stdout;
  for (const line of list.split("\n")) {
    const name = line.split(" ")[0] ?? "";
    if (name === router || name.startsWith(`${router}-`)) await attempt("ip", ["netns", "delete", name]);
  }
}

/** Name of the bridge a card is plugged into. A VLAN is a network of its own in each region. */
export function bridgeName(region: string, card: MachineInterface): string {
  const network = card.purpose === "public" ? region : `${region}/${card.label}`;
  const hash = createHash("sha256").update(network).digest("hex").slice(0, 10);
  return `${card.purpose === "public" ? "pub" : "vln"}${hash}`;
}

/** Makes the bridge of a card if this is the first card on it; that of a public network holds the gateway. */
async function ensureBridge(lab: Lab, region: string, card: MachineInterface): Promise<string> {
  const router = names.router(lab.id);
  const bridge = bridgeName(region, card);
  // Without an address of its own a bridge takes that of a port, and frames for the gateway seem to be for the port.
  const mac = ["address", `02:${(bridge.slice(3).match(/../g) ?? []).join(":")}`];
  const made = await attempt("ip", [
    "-n",
    router,
    "link",
    "add",
    bridge,
    ...mac,
    "type",
    "bridge",
    "mcast_snooping",
    "0",
  ]);
  if (made.code !== 0) {
    if (made.stderr.includes("File exists")) return bridge;
    throw new LabError(`No bridge could be made for the network of ${region}: ${made.stderr.trim()}`);
  }
  // The router takes no part in a VLAN, not even with an address of its own making.
  if (card.purpose === "vlan") await ip([`link set ${bridge} addrgenmode none`], router);
  const gateway = card.purpose === "public" ? gatewayAddresses(card) : [];
  await ip(
    [...gateway.map((address) => `address add ${address} dev ${bridge} nodad`), `link set ${bridge} up`],
    router,
  );
  return bridge;
}

function gatewayAddresses(card: MachineInterface & { purpose: "public" }): string[] {
  const [first] = card.ipv4;
  const v4 = first === undefined ? [] : [`${gatewayOf(first)}/24`];
  return [...v4, `${prefix64(card.ipv6)}::1/64`, "fe80::1/64"];
}

/** The first four groups of an address, written out. */
function prefix64(address: string): string {
  const [head = "", tail] = address.split("::");
  const before = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}

/** Plugs a container's cards in, into a namespace made anew: a machine that was off remembers nothing. */
export async function plugContainer(lab: Lab, machine: Machine): Promise<void> {
  const router = names.router(lab.id);
  const namespace = names.namespace(lab.id, machine.id);
  await unplug(lab.id, machine);
  await run("ip", ["netns", "add", namespace]);
  for (const [index, card] of machine.interfaces.entries()) {
    const bridge = await ensureBridge(lab, machine.region, card);
    const port = names.port(machine.id, index);
    const inside = `eth${String(index)} address ${card.mac} netns ${namespace}`;
    await ip([`link add ${port} type veth peer name ${inside}`, `link set ${port} master ${bridge} up`], router);
  }
}

/** Plugs a virtual machine's cards in: a tap device each, in the router's namespace. */
export async function plugVm(lab: Lab, machine: Machine): Promise<void> {
  const router = names.router(lab.id);
  await unplug(lab.id, machine);
  for (const [index, card] of machine.interfaces.entries()) {
    const bridge = await ensureBridge(lab, machine.region, card);
    const port = names.port(machine.id, index);
    await ip([`tuntap add ${port} mode tap`, `link set ${port} master ${bridge} up`], router);
  }
}

/** Pulls all plugs of a machine; a VLAN's bridge stays for the next. */
export async function unplug(labId: string, machine: Machine): Promise<void> {
  for (const index of machine.interfaces.keys()) {
    await attempt("ip", ["-n", names.router(labId), "link", "delete", names.port(machine.id, index)]);
  }
  await attempt("ip", ["netns", "delete", names.namespace(labId, machine.id)]);
}

/** Switches all ports of a machine on or off, at the bridge's side. */
export async function setPorts(labId: string, machine: Machine, state: "up" | "down"): Promise<void> {
  const lines = [...machine.interfaces.keys()].map((index) => `link set ${names.port(machine.id, index)} ${state}`);
  await ip(lines, names.router(labId));
}
