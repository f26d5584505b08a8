import { z } from "zod";
import type { Fact } from "../core/fact.ts";
import { desire, operation, type Item } from "../core/operation.ts";
import { lines, run, sh, type Script } from "../core/shell.ts";
import { systemctl, UnitName } from "./systemd.ts";

const Restart = z.strictObject({
  unit: UnitName,
  /** When it had been started before it was to be restarted; `null` when it did not run. */
  before: z.string().nullable(),
  /** Command that fails when the unit would not start again; asked before it is touched. */
  validate: z.array(z.string()),
  /** It runs, and was started at another time than `before`. */
  done: z.boolean(),
});
type Restart = z.infer<typeof Restart>;

/**
 * A unit that has been restarted since somebody looked. It compares the time of the start with the one noted for being
 * another one, not for being later: done twice it restarts once, whatever happens to the clock.
 */
export const restart = operation<Restart>({
  name: "restart",
  state: Restart,
  key: (want) => want.unit,
  read: (wants) => lines(wants.map(({ unit }) => show(unit))),
  parse(output, wants) {
    const blocks = output.split(/^(?=LoadState=)/m);
    return wants.map((want, index) => {
      const { exists, started } = parseStart(blocks[index] ?? "");
      return exists ? { ...want, done: started !== null && started !== want.before } : undefined;
    });
  },
  diff(have, want) {
    if (have?.done === true && have.before === want.before) return [];
    return [{ field: "process", have: have === undefined ? null : since(want.before), want: "a new one" }];
  },
  apply: ({ unit, validate }) => [
    run(lines([sh`set -eu`, ...(validate.length === 0 ? [] : [sh`${validate}`]), systemctl(sh`restart`, unit)])),
  ],
});

/** A unit that has been restarted since `startOf` said `before`; `validate` is asked first whether it would start. */
export function restarted(unit: string, before: string | null, validate: readonly string[] = []): Item {
  return desire(restart, { unit, before, validate: [...validate], done: true });
}

/** When a unit was started, to the microsecond; `null` when it does not run. Tells one process of it from the next. */
export function startOf(unit: string): Fact<string | null> {
  return {
    name: "unit start",
    script: show(unit),
    parse: (output) => parseStart(output).started,
    query: unit,
  };
}

/** The start of a unit in the words of a plan. */
export const since = (started: string | null): string => (started === null ? "stopped" : `running since ${started}`);

const show = (unit: string): Script =>
  sh`systemctl show --timestamp=us+utc -p LoadState -p ActiveState -p ActiveEnterTimestamp -- ${unit}`;

/** From `ActiveEnterTimestamp=Tue 2026-11-24 18:02:11.123456 UTC`; a reload does not change it. */
function parseStart(block: string): { readonly exists: boolean; readonly started: string | null } {
  const property = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(block)?.[1] ?? "";
  const runs = ["active", "reloading"].includes(property("ActiveState"));
  const started = property("ActiveEnterTimestamp").replace(/^\w+ /, "");
  return { exists: property("LoadState") === "loaded", started: runs && started !== "" ? started : null };
}
