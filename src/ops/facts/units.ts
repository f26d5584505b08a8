import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** systemd's word for each unit, in the order asked: `active`, `inactive`, `failed`, `activating` … */
export function unitStates(units: readonly string[]): Fact<Readonly<Record<string, string>>> {
  return {
    name: "unit states",
    // is-active exits with 3 when one of them is not active, which is an answer too.
    script: sh`systemctl is-active ${units} || true`,
    parse(output) {
      const words = output.trim().split("\n");
      if (words.length !== units.length || words.some((word) => !/^[a-z]+$/.test(word))) {
        throw unreadable(`systemctl answered ${words.length} lines about ${units.length} units.`);
      }
      return Object.fromEntries(units.map((unit, index) => [unit, words[index] ?? ""]));
    },
    query: units,
  };
}
