import { z } from "zod";
import { desire, operation, type Change, type Item } from "../core/operation.ts";
import { lines, raw, run, sh, type Action, type Script } from "../core/shell.ts";
import { Path } from "./file.ts";

const Unit = z.strictObject({
  unit: z
    .string()
    .regex(/^[A-Za-z0-9@_.:-]+\.(service|socket|timer|target|path|mount)$/, "a unit such as nginx.service"),
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
 * changed since the unit read it: its stamp bears the time before the last successful (re)start or reload. It belongs
 * in a later stage than the files it watches, so that it is looked at after they were written.
 */
export const unit = operation<Unit>({
  name: "systemd unit",
  state: Unit,
  key: (want) => want.unit,
  read: (wants) =>
    lines([look, ...wants.map((want) => sh`look ${want.unit} ${want.onChange === "none" ? [] : want.watch}`)]),
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((want, index) => {
      const [load, active = "", file = "", fresh] = (found[index] ?? "").split(" ");
      if (load === undefined || load === "" || load === "not-found") return undefined;
      const running = active === "active" || active === "reloading";
      return {
        ...want,
        running,
        enabled: file === "enabled" || file === "alias",
        fresh: !running || fresh === "fresh",
      };
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
    const actions: Action[] = [run(sh`systemctl daemon-reload`)];
    if (fields.has("at boot"))
      actions.push(run(want.enabled ? sh`systemctl enable -- ${want.unit}` : sh`systemctl disable -- ${want.unit}`));
    if (fields.has("state"))
      actions.push(run(want.running ? stamped(want, sh`restart`) : sh`systemctl stop -- ${want.unit}`));
    else if (fields.has("configuration"))
      actions.push(run(stamped(want, want.onChange === "reload" ? sh`reload` : sh`restart`)));
    return actions;
  },
});

const word = (running: boolean): string => (running ? "running" : "stopped");
const atBoot = (enabled: boolean): string => (enabled ? "started" : "not started");

// InactiveExitTimestamp is when the unit began to start. A change in the same second counts as later: at worst one
// reload too many. A path that is not there is no change. For systemd, an alias alone makes a unit `enabled`, but then
// nothing starts it at boot.
const look: Script = sh`look() {
  u=$1; shift
  p=$(systemctl show --timestamp=unix -p LoadState -p ActiveState -p UnitFileState -p WantedBy -p RequiredBy -p InactiveExitTimestamp -- "$u")
  of() { printf '%s\n' "$p" | sed -n "s/^$1=//p"; }
  f=fresh; t=$(of InactiveExitTimestamp); s=/run/nonet/$u.stamp
  if [ $# -gt 0 ] && [ -n "$t" ]; then
    if [ -e "$s" ]; then n=$(find "$@" -newerct "$t" -newercm "$s" -print 2>/dev/null | head -n 1)
    else n=$(find "$@" -newerct "$t" -print 2>/dev/null | head -n 1); fi
    [ -z "$n" ] || f=stale
  fi
  e=$(of UnitFileState)
  [ "$e" != enabled ] || [ -n "$(of WantedBy)$(of RequiredBy)" ] || e=unwanted
  echo "$(of LoadState) $(of ActiveState) \${e:-none} $f"
}`;

function stamped(want: Unit, verb: Script): Script {
  const stamp = `/run/nonet/${want.unit}.stamp`;
  return lines([
    sh`set -eu`,
    ...(want.validate.length === 0 ? [] : [sh`${want.validate}`]),
    sh`mkdir -p /run/nonet
touch ${`${stamp}.next`}
systemctl reset-failed -- ${want.unit} 2>/dev/null || true
systemctl ${raw(verb)} -- ${want.unit} || { journalctl -q --no-pager -n 20 -u ${want.unit} >&2; exit 1; }
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
