import type { Told } from "../../core/fact.ts";
import type { ClockState } from "../../ops/facts/clock.ts";
import type { Concern } from "./concern.ts";
import { all, judged, looked, type Looked } from "./looked.ts";

/** What a node said of its clock, and between which of our moments it said it (milliseconds since 1970). */
export interface ClockLook {
  readonly name: string;
  readonly told: Told<ClockState>;
  readonly asked: number;
  readonly answered: number;
}

/** Milliseconds two clocks may differ: logs get out of order, and one-time codes and TLS fail, soon after. */
const mostSkewMs = 2000;
const badSkewMs = 60_000;
/** After a day without a word from its source, a clock may be off by seconds. */
const mostSilenceMs = 24 * 3_600_000;

/**
 * Clocks that are wrong. A look takes time, so a clock is only as well known as the look was short: what could be due to
 * that is not held against it. When more than half of three or more nodes are off to the same side, ours is the wrong
 * one. Keys are `clock NODE`, `clock NODE chrony` and `clock bot`.
 */
export function judgeClocks(looks: readonly ClockLook[]): Looked {
  const offsets = looks.flatMap((look) => (look.told.known ? [offsetOf(look.told.value.at, look)] : []));
  const ours = oursIsOff(offsets);
  return all(
    looked(ours === 0 ? [] : [differs("bot", "the bot's clock", -ours)]),
    ...looks.map((look) =>
      judged(look.told, look.name, `clock ${look.name}`, (state) => {
        const off = beyond(offsetOf(state.at - ours, look));
        return looked([
          ...(Math.abs(off) > mostSkewMs ? [differs(look.name, `the clock of ${look.name}`, off)] : []),
          ...chrony(look.name, state),
        ]);
      }),
    ),
  );
}

interface Offset {
  readonly least: number;
  readonly most: number;
}

const offsetOf = (at: number, { asked, answered }: ClockLook): Offset => ({ least: at - answered, most: at - asked });

/** The least that it must be off: 0 when it may be right. */
const beyond = ({ least, most }: Offset): number => (least > 0 ? least : Math.min(0, most));

function oursIsOff(offsets: readonly Offset[]): number {
  const sorted = offsets.map(({ least, most }) => (least + most) / 2).toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const alike = offsets.filter((one) => Math.sign(middle) * beyond(one) > mostSkewMs);
  return offsets.length >= 3 && alike.length * 2 > offsets.length ? middle : 0;
}

function differs(who: string, what: string, off: number): Concern {
  const seconds = Math.abs(off) / 1000;
  return {
    key: `clock ${who}`,
    severity: Math.abs(off) > badSkewMs ? "critical" : "warning",
    title: `${what} is ${seconds < 100 ? seconds.toFixed(1) : Math.round(seconds)} s ${off > 0 ? "ahead" : "behind"}`,
    text: "Logs get out of order, and what depends on the time fails: TLS, one-time codes, signatures.",
    facts: [],
    next: null,
  };
}

function chrony(name: string, { at, kept, follows }: ClockState): Concern[] {
  const concern = (severity: Concern["severity"], title: string): Concern => ({
    key: `clock ${name} chrony`,
    severity,
    title,
    text: "Nothing keeps the clock right; it drifts by a second in some days. NTP is UDP port 123, outwards.",
    facts: follows === null ? [] : [["source", follows.source]],
    next: null,
    // It takes some minutes after a boot.
    looks: 3,
  });
  if (!kept) return [concern("warning", `chrony does not run on ${name}`)];
  if (follows === null) return [concern("info", `chrony on ${name} follows no source of time`)];
  if (follows.seconds * 1000 > mostSkewMs) {
    return [concern("warning", `the clock of ${name} is ${follows.seconds.toFixed(1)} s off its source`)];
  }
  if (at - follows.heardAt > mostSilenceMs) return [concern("info", `chrony on ${name} heard nothing for a day`)];
  return [];
}
