import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";

/** IPv4 and IPv6 addresses a node's kernel holds, with the interface of each. */
export interface HeldAddress {
  readonly nic: string;
  readonly address: string;
}

/** Which addresses are really on the node, floating ones included. */
export const addresses: Fact<readonly HeldAddress[]> = {
  name: "addresses",
  script: sh`ip -o addr show scope global`,
  parse: (output) =>
    output.split("\n").flatMap((line) => {
      const match = /^\d+:\s+(\S+)\s+inet6?\s+([0-9a-f.:]+)/.exec(line);
      return match?.[1] === undefined || match[2] === undefined ? [] : [{ nic: match[1], address: match[2] }];
    }),
};
