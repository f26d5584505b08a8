import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";

/** TCP ports on which something listens on an address that other hosts can reach, ascending. */
export const listening: Fact<readonly number[]> = {
  name: "listening ports",
  script: sh`ss -Hltn`,
  parse(output) {
    const ports = output.split("\n").flatMap((line) => {
      const local = line.trim().split(/\s+/)[3];
      const match = /^(.*):(\d+)$/.exec(local ?? "");
      if (match === null || /^(127\.|\[::1\]|\[::ffff:127\.)/.test(match[1] ?? "")) return [];
      return [Number(match[2])];
    });
    return [...new Set(ports)].toSorted((a, b) => a - b);
  },
};
