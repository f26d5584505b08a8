import { z } from "zod";
import { desire, operation, type Change, type Item } from "../core/operation.ts";
import { lines, raw, run, sh, type Action, type Script } from "../core/shell.ts";
import { Path } from "./file.ts";

/** The whole name of a unit. */
export const UnitName = z
  .string()
  .regex(/^[A-Za-z0-9@_.:-]+\.(service|socket|timer|target|path|mount)$/, "a unit such as nginx.service");

const Unit = z.strictObject({
  unit: UnitName,
  running: z.boolean(),
  enabled: z.boolean(),
  /** Files, or folders with all that is in them, that the unit reads when it starts. */
  watch: z.array(Path),
  onChange: z.enum(["reload", "restart", "none"]),
  /** Command that fails when what is watched is not valid; asked before the unit is touched. */
  validate: z.array(z.string()),
  /** It has read what is watched; computed on the node. */
  fresh: z.boolean(),
});
export type Unit = z.infer<typeof Unit>;

/**
 * A systemd unit. Instead of handlers that a crash would forget, the node itself tells whether something watched has
 * changed since the unit read it: its stamp bears the time before the last successful (re)start or reload, and systemd
 * the second in which it began to start, so that at worst it reloads once too often. It belongs in a later stage than
 * the files it watches, so that it is looked at after they were written.
 */
export const unit = operation<Unit>({
  name: "systemd unit",
  state: Unit,
  key: (want) => want.unit,
  read: (wants) => lines([properties(wants.map((want) => want.unit)), times(wants.flatMap(watched))]),
  parse(output, wants) {
    const [shown = "", files = "", stamps = ""] = output.split(/^@\w+\n/m);
    const blocks = shown.split("\n\n");
    const changed = latest(files);
    const read = latest(stamps);
    return wants.map((want, index) => {
      const property = new Map((blocks[index] ?? "").split("\n").map(keyAndValue));
      const load = property.get("LoadState") ?? "not-found";
      if (load === "not-found") return undefined;
      const running = ["active", "reloading"].includes(property.get("ActiveState") ?? "");
      const began = Number(property.get("InactiveExitTimestamp")?.slice(1) ?? 0);
      const since = Math.max(began, read.get(`${want.unit}.stamp`) ?? 0);
      const fresh = !running || watched(want).every((path) => (changed.get(path) ?? 0) <= since);
      return { ...want, running, enabled: isEnabled(property), fresh };
    });
  },
  diff(have, want) {
    const changes: Change[] = [];
    const differs = (field: string, had: string | undefined, wanted: string) => {
      if (had !== wanted) changes.push({ field, have: had ?? null, want: wanted });
    };
    differs("state", have && word(have.running), word(want.running));
    differs("at boot", have && atBoot(have.enabled), atBoot(want.enabled));
    if (want.running && have?.running === true && !have.fresh) {
      changes.push({ field: "configuration", have: "changed since it was read", want: want.onChange });
    }
    return changes;
  },
  apply: (want, changes) => {
    const fields = new Set(changes.map((change) => change.field));
    const actions: Action[] = [run(fields.has("at boot") ? atBootIs(want) : reloadIfChanged(want.unit))];
    if (fields.has("state"))
      actions.push(run(want.running ? stamped(want, sh`restart`) : sh`systemctl stop -- ${want.unit}`));
    else if (fields.has("configuration"))
      actions.push(run(stamped(want, want.onChange === "reload" ? sh`reload` : sh`restart`)));
    return actions;
  },
});

/** It makes systemd read all unit files anew by itself; the old init scripts beside them are none of systemd's. */
const atBootIs = ({ unit, enabled }: Unit): Script =>
  sh`SYSTEMCTL_SKIP_SYSV=1 systemctl ${raw(enabled ? sh`enable` : sh`disable`)} -- ${unit}`;

/** Reading all unit files anew takes a small node a second; only a changed one is worth it. */
const reloadIfChanged = (unit: string): Script =>
  sh`[ "$(systemctl show -p NeedDaemonReload --value -- ${unit})" = no ] || systemctl daemon-reload`;

const word = (running: boolean): string => (running ? "running" : "stopped");
const atBoot = (enabled: boolean): string => (enabled ? "started" : "not started");

const watched = (want: Unit): readonly string[] => (want.onChange === "none" ? [] : want.watch);

/** One block per unit in the order asked for, with an empty line between two. */
const properties = (units: readonly string[]): Script =>
  sh`systemctl show --timestamp=unix -p LoadState -p ActiveState -p UnitFileState -p WantedBy -p RequiredBy -p InactiveExitTimestamp -- ${units}`;

/** When whatever lies at or under a path last changed, and when each unit last read it; a missing path is no change. */
const times = (paths: readonly string[]): Script => sh`echo @files
${paths.length === 0 ? raw(sh`:`) : raw(sh`find ${[...new Set(paths)]} -printf '%C@ %H\n' 2>/dev/null || true`)}
echo @stamps
find /run/nonet -maxdepth 1 -name '*.stamp' -printf '%T@ %f\n' 2>/dev/null || true`;

/** The newest time of each name, in seconds since 1970, from lines of time and name. */
function latest(text: string): Map<string, number> {
  const newest = new Map<string, number>();
  for (const line of text.split("\n")) {
    const at = line.indexOf(" ");
    const name = line.slice(at + 1);
    newest.set(name, Math.max(newest.get(name) ?? 0, Number(line.slice(0, at))));
  }
  return newest;
}

function keyAndValue(line: string): [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

/** For systemd an alias alone makes a unit `enabled`, but then nothing starts it at boot. */
function isEnabled(property: ReadonlyMap<string, string>): boolean {
  const file = property.get("UnitFileState");
  if (file === "alias") return true;
  return file === "enabled" && `${property.get("WantedBy") ?? ""}${property.get("RequiredBy") ?? ""}` !== "";
}

/** Does it even after failures that systemd has counted; one that fails again shows what the unit said. */
export const systemctl = (
  verb: Script,
  unit: string,
): Script => sh`systemctl reset-failed -- ${unit} 2>/dev/null || true
systemctl ${raw(verb)} -- ${unit} || { journalctl -q --no-pager -n 20 -u ${unit} >&2; exit 1; }`;

function stamped(want: Unit, verb: Script): Script {
  const stamp = `/run/nonet/${want.unit}.stamp`;
  return lines([
    sh`set -eu`,
    ...(want.validate.length === 0 ? [] : [sh`${want.validate}`]),
    sh`mkdir -p /run/nonet
touch ${`${stamp}.next`}
${raw(systemctl(verb, want.unit))}
mv -f ${`${stamp}.next`} ${stamp}`,
  ]);
}

/** What a unit needs beyond running now and at boot. */
export type UnitMore = Partial<Pick<Unit, "running" | "enabled" | "watch" | "onChange" | "validate">>;

/** A unit that runs now and at boot; it is restarted when something watched changes, unless told otherwise. */
export function unitItem(name: string, more: UnitMore = {}): Item {
  const onChange = more.watch === undefined ? "none" : "restart";
  return desire(unit, {
    unit: name,
    running: true,
    enabled: true,
    watch: [],
    onChange,
    validate: [],
    ...more,
    fresh: true,
  });
}
