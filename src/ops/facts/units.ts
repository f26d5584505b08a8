import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

const states = new Set(
  "active inactive failed activating deactivating reloading refreshing maintenance unknown".split(" "),
);

/** systemd's word for each unit, in the order asked: `active`, `inactive`, `failed`, `activating` … */
export function unitStates(units: readonly string[]): Fact<Readonly<Record<string, string>>> {
  return {
    name: "unit states",
    // is-active exits with 3 when one of them is not active, which is an answer too.
    script: sh`systemctl is-active ${units} || true`,
    parse(output) {
      const words = output.trimEnd().split("\n");
      if (words.length !== units.length || words.some((word) => !states.has(word))) {
        throw unreadable(`systemctl did not tell the states of ${units.join(", ")}.`);
      }
      return Object.fromEntries(units.map((unit, index) => [unit, words[index] ?? ""]));
    },
    query: units,
  };
}
