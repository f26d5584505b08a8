import type { z } from "zod";
import { Secret } from "./secret.ts";
import type { Action, Script } from "./shell.ts";

/** One difference between what is and what should be, in words fit for a plan. */
export interface Change {
  readonly field: string;
  /** Absent when there is nothing there yet. */
  readonly have: string | null;
  readonly want: string;
}

/**
 * An idempotent unit of change: `check -> diff -> apply -> check`. `S` is the state of one thing on a node (a file, a
 * unit, a resource). Everything here is pure; a `Target` does the reading and the doing.
 */
export interface Operation<S extends object> {
  /** In the words of a plan: `file`, `systemd unit`, `apt packages`. */
  readonly name: string;
  readonly state: z.ZodType<S>;
  /** Which thing on the node this state is about; unique per operation and node. */
  key(want: S): string;
  /** One script that reads the present state of all `wants` at once. */
  read(wants: readonly S[]): Script;
  /** From the script's output, the state of each of `wants` in their order; `undefined` is not there. */
  parse(output: string, wants: readonly S[]): readonly (S | undefined)[];
  /** What must change; empty means that all is well. */
  diff(have: S | undefined, want: S): readonly Change[];
  /** What to do about it, in order. */
  apply(want: S, changes: readonly Change[], have: S | undefined): readonly Action[];
}

/** What `operation` is given; `diff` is inherited (field by field) unless the operation knows better. */
export type OperationParts<S extends object> = Omit<Operation<S>, "diff"> & Partial<Pick<Operation<S>, "diff">>;

/** Declares an operation. */
export function operation<S extends object>(parts: OperationParts<S>): Operation<S> {
  return { diff: diffFields, ...parts };
}

/** A wanted state of one operation on a node. */
export interface Item {
  readonly operation: Operation<object>;
  readonly want: object;
  readonly key: string;
}

/**
 * Says that a node should have this state.
 * @throws ZodError when the state itself is not valid: a fault of whoever computed it.
 */
export function desire<S extends object>(operation: Operation<S>, want: S): Item {
  const state = operation.state.parse(want);
  return { operation, want: state, key: operation.key(state) };
}

/** Compares two states field by field over the fields of `want`. */
export function diffFields<S extends object>(have: S | undefined, want: S): Change[] {
  const changes: Change[] = [];
  for (const [field, wanted] of Object.entries(want) as [keyof S & string, unknown][]) {
    const had = have?.[field];
    if (!same(had, wanted)) {
      changes.push({ field, have: had === undefined ? null : show(had), want: show(wanted) });
    }
  }
  return changes;
}

/** Deep equality of plain data; secrets are compared by what they hide. */
export function same(a: unknown, b: unknown): boolean {
  if (a instanceof Secret || b instanceof Secret) {
    return (a instanceof Secret ? a.reveal() : a) === (b instanceof Secret ? b.reveal() : b);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => same(value, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => same(a[key], b[key]));
  }
  return a === b;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value in a few words for a plan; multi-line text is kept so that a renderer can show a line diff. */
function show(value: unknown): string {
  if (value instanceof Secret) return value.toString();
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return JSON.stringify(value) ?? "";
}
