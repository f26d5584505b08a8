import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** From where a TCP port of the node is connected to: an address for each established connection, IPv4 in its short form. */
export function connectedTo(port: number): Fact<readonly string[]> {
  return {
    name: "connections",
    script: sh`ss -Htn state established ${`sport = :${port}`} && echo complete`,
    parse(output) {
      const lines = output.trimEnd().split("\n");
      if (lines.pop() !== "complete") throw unreadable("ss did not list the connections to its end.");
      return lines.map((line) => {
        const peer = /(\S+):\d+$/.exec(line.trim())?.[1];
        if (peer === undefined) throw unreadable(`ss listed a connection as “${line}”.`);
        return peer.replaceAll(/^\[(?:::ffff:)?|\]$/g, "").replace(/%.*$/, "");
      });
    },
    query: port,
  };
}
