import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** IPv4 and IPv6 addresses a node's kernel holds, with the interface of each. */
interface HeldAddress {
  readonly nic: string;
  readonly address: string;
}

/** What a node's kernel has on its network cards. */
export interface Interfaces {
  readonly addresses: readonly HeldAddress[];
  /** Hardware addresses, lower case. */
  readonly macs: readonly string[];
}

/** Which addresses are really on the node, floating ones included, and by which hardware addresses it is seen. */
export const interfaces: Fact<Interfaces> = {
  name: "interfaces",
  script: sh`ip -o addr show scope global && ip -o link show && echo complete`,
  parse(output) {
    const lines = output.trimEnd().split("\n");
    const addresses = lines.flatMap((line) => {
      const match = /^\d+:\s+(\S+)\s+inet6?\s+([0-9a-f.:]+)\//.exec(line);
      return match?.[1] === undefined || match[2] === undefined ? [] : [{ nic: match[1], address: match[2] }];
    });
    const macs = lines.flatMap((line) => /link\/ether ((?:[0-9a-f]{2}:){5}[0-9a-f]{2}) /.exec(line)?.[1] ?? []);
    // A node that answered has at least the address it answered from.
    if (lines.at(-1) !== "complete" || addresses.length === 0 || macs.length === 0) {
      throw unreadable("ip did not list addresses and cards.");
    }
    return { addresses, macs };
  },
};
