import { OpsError } from "../../core/errors.ts";
import { untold, type Fact, type Told } from "../../core/fact.ts";
import { lines, sh } from "../../core/shell.ts";

/** Each fact as far as it could be told. */
export type ToldAll<F extends readonly Fact<unknown>[]> = {
  [K in keyof F]: F[K] extends Fact<infer T> ? Told<T> : never;
};

/** What a simulated node is asked. */
export interface Asked {
  readonly name: string;
  readonly query?: unknown;
}

/** Bytes of one answer, in the half kibibytes of `ulimit`. */
const mostBytes = 4096;

/**
 * Asks for several facts at once, and lets none of them spoil the others: they run side by side, each in the C locale,
 * with a time of its own and a limit for what it prints. An answer that is late, cut off, too long or not what its tool
 * prints is not known; all the rest is. Answers travel in base64, so no output can be taken for the frame around it.
 * @param seconds for each of them
 */
export function together<const F extends readonly Fact<unknown>[]>(facts: F, seconds: number): Fact<ToldAll<F>> {
  const asked: readonly Asked[] = facts.map(({ name, query }) => (query === undefined ? { name } : { name, query }));
  return {
    name: "together",
    script: lines([
      // In memory, so that a full disk hides nothing.
      sh`d=$(mktemp -d /run/nonet-look.XXXXXX) || exit 1
trap 'rm -rf "$d"' EXIT
export LC_ALL=C`,
      ...facts.map(
        ({ script }, at) => sh`( ulimit -f ${mostBytes}
timeout -k 1 ${seconds} sh -c ${script} >"$d/${at}" 2>"$d/${at}.why" </dev/null
echo $? >"$d/${at}.status" ) &`,
      ),
      sh`wait
for at in ${facts.map((_, at) => String(at))}; do
  status=
  read -r status 2>/dev/null <"$d/$at.status" || true
  if [ "$status" = 0 ]; then
    echo "@$at 0 "
    base64 -w0 "$d/$at"
  else
    echo "@$at $status $(tail -c 300 "$d/$at.why" 2>/dev/null | base64 -w0)"
    tail -c 300 "$d/$at" 2>/dev/null | base64 -w0
  fi
  echo; echo "@end $at"
done`,
    ]),
    parse: (output) => facts.map((fact, at) => toldBy(fact, partOf(output, at), seconds)) as unknown as ToldAll<F>,
    query: asked,
  };
}

interface Part {
  readonly status: number;
  readonly why: string;
  readonly output: string;
}

function partOf(output: string, at: number): Part | undefined {
  const frame = new RegExp(`^@${at} (\\d+) ([\\w+/=]*)\\n([\\w+/=]*)\\n@end ${at}$`, "m").exec(output);
  const [, status, why, text] = frame ?? [];
  if (status === undefined) return undefined;
  try {
    return { status: Number(status), why: decode(why), output: decode(text) };
  } catch {
    return undefined;
  }
}

function toldBy<T>(fact: Fact<T>, part: Part | undefined, seconds: number): Told<T> {
  if (part === undefined) return untold(`the answer about ${fact.name} was cut off`);
  const { status, why, output } = part;
  if (status === 124 || status === 137) return untold(`${fact.name} was not told within ${seconds} s`);
  if (status === 153) return untold(`the answer about ${fact.name} is longer than ${mostBytes / 2} KiB`);
  if (status !== 0)
    return untold(`${fact.name} cannot be read: ${lastLine(why) || lastLine(output) || `exit ${status}`}`);
  try {
    return { known: true, value: fact.parse(output) };
  } catch (error) {
    const message = error instanceof OpsError ? error.message : "its tool printed something else than expected";
    return untold(`${fact.name} cannot be read: ${lastLine(message)}`);
  }
}

function decode(base64: string | undefined): string {
  const bytes = Uint8Array.from(atob(base64 ?? ""), (letter) => letter.codePointAt(0) ?? 0);
  return new TextDecoder().decode(bytes);
}

/** Fit for a card: one line, no control characters. */
function lastLine(text: string): string {
  const last = text.trim().split("\n").at(-1) ?? "";
  // oxlint-disable-next-line no-control-regex -- taking them out is the point
  return last.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, " ").slice(0, 200);
}
