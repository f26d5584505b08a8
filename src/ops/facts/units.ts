import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";

/** systemd's word for each unit, in the order asked: `active`, `inactive`, `failed`, `activating` … */
export function unitStates(units: readonly string[]): Fact<Readonly<Record<string, string>>> {
  return {
    name: "unit states",
    // is-active exits with 3 when one of them is not active, which is an answer too.
    script: sh`systemctl is-active ${units} || true`,
    parse(output) {
      const words = output.trim().split("\n");
      return Object.fromEntries(units.map((unit, index) => [unit, words[index] ?? "unknown"]));
    },
    query: units,
  };
}
