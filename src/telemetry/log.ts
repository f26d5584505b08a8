import { fstatSync } from "node:fs";
import { join } from "node:path";
import pino, { type Logger } from "pino";

export type Log = Logger;

/** Where lines go, and what must never be in them. */
export interface LogOptions {
  /** `debug`, `info`, `warn` or `error`: the least that is written. */
  readonly level: string;
  /** A file, or 1 for standard output. */
  readonly destination: string | number;
  /** Takes known secrets out of a text. */
  readonly scrub: (text: string) => string;
}

/** Opens the log: JSON, one object per line. Whatever is written goes through `scrub` last. */
export function openLog({ level, destination, scrub }: LogOptions): Log {
  const file = pino.destination({ dest: destination, sync: true });
  // A full disk must not stop what keeps a cluster together; without a listener it would end the process.
  file.on("error", () => undefined);
  return pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError },
    },
    { write: (line: string) => void file.write(scrubLine(line, scrub)) },
  );
}

/** Standard output when systemd's journal reads it, else `nonet.log` in the state folder. */
export function logDestination(stateDir: string, env: NodeJS.ProcessEnv): string | number {
  const { dev, ino } = fstatSync(1);
  return env["JOURNAL_STREAM"] === `${dev}:${ino}` ? 1 : join(stateDir, "nonet.log");
}

/** Scrubs every text of the line as it was before JSON escaped its line breaks and quotes. */
function scrubLine(line: string, scrub: (text: string) => string): string {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return scrub(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(clean);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [scrub(name), clean(inner)]));
  };
  return `${JSON.stringify(clean(JSON.parse(line)))}\n`;
}

/**
 * An error without whatever else hangs on it: the errors of HTTP clients carry the request, with its token. What was
 * thrown and is no error is told as text.
 */
function plainError(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const { name, message, stack, cause } = thrown;
  const code = "code" in thrown && typeof thrown.code === "string" ? { code: thrown.code } : {};
  return { name, message, ...code, stack, ...(cause === undefined ? {} : { cause: plainError(cause) }) };
}
