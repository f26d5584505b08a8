/** A network of IPv4 or IPv6 addresses. */
export interface Range {
  readonly family: "v4" | "v6";
  /** First address of the network. */
  readonly base: bigint;
  readonly prefix: number;
  /** As iptables prints it: host bits cleared, IPv6 in the short form of RFC 5952, always with the prefix. */
  readonly text: string;
}

/** Reads `198.18.0.0/24`, `2001:db8::/64`, or an address alone. The text was checked by a schema before. */
export function parseRange(text: string): Range {
  const [address = "", length] = text.split("/");
  const family = address.includes(":") ? "v6" : "v4";
  const bits = family === "v4" ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  const host = BigInt(bits - prefix);
  const base = (toNumber(address) >> host) << host;
  return { family, base, prefix, text: `${toText(base, family)}/${prefix}` };
}

/** An address as the kernel prints it: IPv6 in the short form of RFC 5952. */
export function addressText(address: string): string {
  const { base, family } = parseRange(address);
  return toText(base, family);
}

/** Whether the address is in the network. */
export function contains(range: Range, address: string | Range): boolean {
  const one = typeof address === "string" ? parseRange(address) : address;
  const host = BigInt((range.family === "v4" ? 32 : 128) - range.prefix);
  return one.family === range.family && one.base >> host === range.base >> host;
}

const groups = (half: string | undefined): string[] => (half === undefined || half === "" ? [] : half.split(":"));

function toNumber(address: string): bigint {
  if (!address.includes(":")) return address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  // The parser of URLs writes any IPv6 address in hexadecimal groups only.
  const [left, right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const head = groups(left);
  const tail = groups(right);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function toText(value: bigint, family: Range["family"]): string {
  const part = (at: number, size: number): bigint => (value >> BigInt(at * size)) & ((1n << BigInt(size)) - 1n);
  if (family === "v4") return [3, 2, 1, 0].map((at) => part(at, 8).toString()).join(".");
  const written = [7, 6, 5, 4, 3, 2, 1, 0].map((at) => part(at, 16).toString(16)).join(":");
  return new URL(`http://[${written}]`).hostname.slice(1, -1);
}
