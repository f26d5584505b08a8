import { OpsError } from "../../core/errors.ts";
import { untold, type Fact, type Told } from "../../core/fact.ts";
import { lines, raw, sh } from "../../core/shell.ts";

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
 * Asks for several facts at once, and lets none of them spoil the others: they run side by side, each in the C locale
 * and with a limit for what it prints, and all end when their time is over. An answer that is late, cut off, too long or
 * not what its tool prints is not known; all the rest is. Few processes are started beside the tools themselves: on a
 * small machine those are what a look costs. Answers travel in base64, so no output can be taken for the frame around it.
 * @param seconds for each of them
 */
export function together<const F extends readonly Fact<unknown>[]>(facts: F, seconds: number): Fact<ToldAll<F>> {
  const asked: readonly Asked[] = facts.map(({ name, query }) => (query === undefined ? { name } : { name, query }));
  const all = lines([
    sh`ulimit -f ${mostBytes}
# Of what failed or came too late, only the last words count.
nonet_end() {
  if [ "$2" = 0 ]; then : >"$1.why"; else
    for file in "$1.out" "$1.why"; do words=$(tail -c 300 "$file"); echo "$words" >"$file"; done
  fi
  echo "$2" >"$1.status"
}`,
    ...facts.map(({ script }, at) => {
      const file = raw(sh`"$d"/${at}`);
      return sh`{ ( eval ${script} ) >${file}.out 2>${file}.why; nonet_end ${file} $?; } &`;
    }),
    sh`wait`,
  ]);
  return {
    name: "together",
    // In memory, so that a full disk hides nothing.
    script: sh`d=$(mktemp -d /run/nonet-look.XXXXXX) || exit 1
trap 'rm -rf "$d"' EXIT
export d LC_ALL=C
timeout -s KILL ${seconds} sh -c ${all} </dev/null
cd "$d" || exit 1
for file in *.out; do [ -e "\${file%out}status" ] || : >"$file"; done
stat -c '%n %s' -- * && cat -- * | base64 -w0 && echo && echo @end`,
    parse: (output) => {
      const files = filesOf(output);
      return facts.map((fact, at) => toldBy(fact, partOf(files, at), seconds)) as unknown as ToldAll<F>;
    },
    query: asked,
  };
}

interface Part {
  /** `null` when it did not end in time. */
  readonly status: number | null;
  readonly why: string;
  readonly output: string;
}

/** The files a node sent, by name; those that were cut off are missing. */
function filesOf(output: string): ReadonlyMap<string, string> {
  const [, list = "", base64 = "", end] = /^((?:\d+\.[a-z]+ \d+\n)+)([\w+/]*)=*(\n@end\n)?/.exec(output) ?? [];
  // What is left of a text that was cut off is whole up to its last four letters.
  const bytes = Buffer.from(
    end === undefined ? base64.slice(0, base64.length - (base64.length % 4)) : base64,
    "base64",
  );
  const files = new Map<string, string>();
  let from = 0;
  for (const [, name = "", size = ""] of list.matchAll(/(\S+) (\d+)\n/g)) {
    const to = from + Number(size);
    if (to <= bytes.length) files.set(name, bytes.toString("utf8", from, to));
    from = to;
  }
  return end === undefined || from === bytes.length ? files : new Map();
}

function partOf(files: ReadonlyMap<string, string>, at: number): Part | undefined {
  const [output, why] = [files.get(`${at}.out`), files.get(`${at}.why`)];
  if (output === undefined || why === undefined) return undefined;
  const [, status] = /^(\d+)\n$/.exec(files.get(`${at}.status`) ?? "") ?? [];
  return { status: status === undefined ? null : Number(status), why, output };
}

function toldBy<T>(fact: Fact<T>, part: Part | undefined, seconds: number): Told<T> {
  if (part === undefined) return untold(`the answer about ${fact.name} was cut off`);
  const { status, why, output } = part;
  if (status === null) return untold(`${fact.name} was not told within ${seconds} s`);
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

/** Fit for a card: one line, no control characters. */
function lastLine(text: string): string {
  const last = text.trim().split("\n").at(-1) ?? "";
  // oxlint-disable-next-line no-control-regex -- taking them out is the point
  return last.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, " ").slice(0, 200);
}
