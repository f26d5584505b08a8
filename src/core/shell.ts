import type { Text } from "./secret.ts";

declare const scriptBrand: unique symbol;

/**
 * Shell text that was written in our source code. Only the `sh` tag makes one, and it quotes every value put into it,
 * so data can never become syntax.
 */
export type Script = string & { readonly [scriptBrand]: true };

/** The one quoting function: a POSIX shell word that stands for exactly `value`. */
export function quote(value: string): string {
  if (value.includes("\0")) throw new TypeError("a shell word cannot contain a NUL byte");
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

type Part = string | number | Script | { readonly script: Script } | readonly string[];

/**
 * Builds a `Script`. Strings and numbers are quoted, arrays become quoted words, `raw(script)` puts another script in.
 *
 * @example sh`systemctl restart ${unit}`
 */
export function sh(text: TemplateStringsArray, ...parts: readonly Part[]): Script {
  let script = "";
  text.raw.forEach((literal, index) => {
    script += literal.replaceAll("\\`", "`").replaceAll("\\${", "${");
    if (index < parts.length) script += render(parts[index] as Part);
  });
  return script as Script;
}

/** Marks a script so that `sh` puts it in as it is. */
export function raw(script: Script): { readonly script: Script } {
  return { script };
}

/** Several scripts after one another, a line each. */
export function lines(scripts: readonly Script[]): Script {
  return scripts.join("\n") as Script;
}

function render(part: Part): string {
  if (typeof part === "string") return quote(part);
  if (typeof part === "number") return String(part);
  if ("script" in part) return part.script;
  return part.map(quote).join(" ");
}

/** One thing done on a node. Operations build them; a `Target` carries them out, in order, and stops at the first that fails. */
export type Action =
  /** Runs a script; `stdin` reaches it on its standard input, never on a command line. */
  | { readonly kind: "run"; readonly script: Script; readonly stdin?: Text }
  /** Writes a file: temporary name, checksum, owner and mode, then atomic rename. */
  | {
      readonly kind: "write";
      readonly path: string;
      readonly content: Text;
      readonly mode: string;
      readonly owner: string;
      readonly group: string;
    }
  /** Fails unless a new connection over this port works; what follows is not done then. */
  | { readonly kind: "prove"; readonly port: number };

/** Shorthand for a `run` action. */
export function run(script: Script, stdin?: Text): Action {
  return stdin === undefined ? { kind: "run", script } : { kind: "run", script, stdin };
}
