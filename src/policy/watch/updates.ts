import type { Told } from "../../core/fact.ts";
import { allOf, counted } from "../../core/words.ts";
import type { Restarts } from "../../ops/facts/restarts.ts";
import type { Update, Updates } from "../../ops/facts/updates.ts";
import { hidden, judged, looked, type Looked } from "./looked.ts";

/** Older lists tell nothing of today. */
const oldestDays = 3;
/** As many packages as evidence names; the rest is counted. */
const named = 15;

/** Security updates that wait. The key is `updates NODE`. */
export function judgeUpdates(name: string, told: Told<Updates>): Looked {
  const words = `updates ${name}`;
  return judged(told, name, words, ({ ageSeconds, updates, keptBack }) => {
    const security = updates.filter((one) => one.security);
    // Old lists can hide what came since, but what they name is missing all the same.
    if (security.length === 0) {
      const why = whyUntold(ageSeconds, keptBack);
      return why === null ? looked() : hidden(words, `whether ${name} lacks security updates: ${why}`);
    }
    return looked([
      {
        key: words,
        severity: "warning",
        title: `${name} lacks ${counted(security.length, "security update")}`,
        text: "What they repair is public. Install them on one node of a pair after the other.",
        facts: evidence(security),
        next: null,
      },
    ]);
  });
}

function whyUntold(ageSeconds: number | null, keptBack: number): string | null {
  if (ageSeconds === null) return "it has no list of Debian's security archive";
  if (ageSeconds < -3600) return "its package lists are from the future";
  const days = Math.floor(ageSeconds / 86_400);
  if (days >= oldestDays) return `its package lists are ${counted(days, "day")} old`;
  return keptBack === 0 ? null : `apt keeps ${counted(keptBack, "package")} back`;
}

function evidence(updates: readonly Update[]): (readonly [string, string])[] {
  const rows = updates.slice(0, named).map((one) => [one.name, `${one.installed} → ${one.candidate}`] as const);
  const rest = updates.length - rows.length;
  return rest === 0 ? rows : [...rows, ["and", `${rest} more`]];
}

/** What runs as it was before an update. The key is `restart NODE`. */
export function judgeRestarts(name: string, told: Told<Restarts>): Looked {
  return judged(told, name, `restart ${name}`, ({ kernel, asked, units }) => {
    const machine = [
      ...(kernel === null || kernel.running === kernel.newest ? [] : ["the kernel"]),
      ...asked,
      // The first process can be replaced without one, but whoever restarts for that does no harm.
      ...(units.includes("init.scope") ? ["systemd"] : []),
    ];
    const services = units.filter((unit) => unit !== "init.scope");
    if (machine.length + services.length === 0) return looked();
    const what = machine.length > 0 ? name : `${counted(services.length, "service")} of ${name}`;
    return looked([
      {
        key: `restart ${name}`,
        severity: "info",
        title: `${what} ${machine.length > 0 || services.length === 1 ? "waits" : "wait"} for a restart after updates`,
        text: `What was repaired is on the disk and does not run yet: ${allOf([...machine, ...services])}.`,
        facts: kernel === null ? [] : [["kernel", `${kernel.running} runs, ${kernel.newest} is installed`]],
        next: null,
      },
    ]);
  });
}
