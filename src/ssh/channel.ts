import type { ClientChannel } from "ssh2";
import type { Link } from "./link.ts";
import { keepTail, type Ending, type Output } from "./output.ts";

/**
 * The only command line that is ever sent. It reads the length of the script, then the script, from standard input;
 * what follows there is the script's own standard input, its length said by the script. Fixed locale: tools answer in words that parsers know.
 */
const commandLine =
  "export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; " +
  `exec sh -c 'umask 022; IFS= read -r n && s=$(head -c "$n") && eval "$s"'`;

/** What to run and for how long. */
export interface Job {
  readonly script: string;
  readonly stdin?: string | Uint8Array;
  /** Bytes of each stream that are kept, the last ones. */
  readonly keep: number;
  /** Ends it; a reason named `TimeoutError` means that the deadline passed. */
  readonly signal: AbortSignal;
}

/** Thrown when the script was surely not started: trying again is harmless. */
export class NotStarted extends Error {
  override readonly name = "NotStarted";
}

/**
 * Runs a script over an open connection.
 * @throws NotStarted when no channel could be opened
 */
export async function runOver(link: Link, job: Job): Promise<Output> {
  const stream = await openChannel(link, job.signal);
  const stdout = keepTail(job.keep);
  const stderr = keepTail(job.keep);
  stream.on("data", (chunk: Buffer) => stdout.push(chunk));
  stream.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A script that ends before it read all of its input is not an error by itself.
  stream.on("error", () => {});
  const input = Buffer.from(job.stdin ?? "");
  const script = Buffer.from(wrap(job.script, input.length));
  stream.write(`${script.length}\n`);
  stream.write(script);
  if (input.length > 0) {
    stream.write(input);
    stream.write("\n");
  }
  const ending = await ended(link, stream, job.signal);
  return { stdout: stdout.text(), stderr: stderr.text(), ending, bytes: stdout.bytes + stderr.bytes };
}

/**
 * Around every script stands a watch on the standard input, which stays open as long as somebody waits for the
 * script: when it closes, the script's process group is ended, so that nothing goes on unseen. (SSH's own signals do
 * not serve: OpenSSH refuses them in sessions of root.) All is one compound command: cut off on its way it is a syntax
 * error and not half a script. Input that breaks off ends the script too, rather than look like all of it.
 */
function wrap(script: string, inputLength: number): string {
  // `exec`, because a shell that only redirects a function keeps a copy of the pipe open.
  const watch = "( exec </dev/null >/dev/null 2>&1; nonet_watch ) &";
  const feed = `{ head -c ${inputLength} <&3; IFS= read -r _ <&3 || nonet_stop; ${watch} } |`;
  return `{
nonet_stop() { kill -0 $$ && kill -TERM -$$ && sleep 10 && kill -KILL -$$; }
nonet_watch() { trap '' TERM; while IFS= read -r _ <&3; do :; done; nonet_stop; }
exec 3<&0 </dev/null
${inputLength > 0 ? feed : watch}
{
${script}
} 3<&-
}
`;
}

function openChannel(link: Link, signal: AbortSignal): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const stop = (event: Event) =>
      reject(new NotStarted(event.target === signal ? "stopped" : "the connection is gone", { cause: signal.reason }));
    const settled = () => {
      link.gone.removeEventListener("abort", stop);
      signal.removeEventListener("abort", stop);
    };
    if (link.gone.aborted || signal.aborted) return reject(new NotStarted("the connection is gone"));
    link.gone.addEventListener("abort", stop);
    signal.addEventListener("abort", stop);
    try {
      link.client.exec(commandLine, (error, stream) => {
        settled();
        if (error !== undefined) reject(new NotStarted(error.message, { cause: error }));
        else if (signal.aborted) stream.close();
        else resolve(stream);
      });
    } catch (error) {
      settled();
      link.drop();
      reject(new NotStarted("the connection is gone", { cause: error }));
    }
  });
}

function ended(link: Link, stream: ClientChannel, signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    let exit: Ending = { kind: "lost" };
    const done = (ending: Ending) => {
      link.gone.removeEventListener("abort", lost);
      signal.removeEventListener("abort", stop);
      resolve(ending);
    };
    const lost = () => done(exit);
    const stop = () => {
      stream.close();
      const late = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
      done({ kind: late ? "deadline" : "cancelled" });
    };
    stream.on("exit", (code: number | null, name?: string) => {
      exit = code === null ? { kind: "signal", name: name ?? "unknown" } : { kind: "exit", code };
    });
    stream.on("close", () => done(exit));
    link.gone.addEventListener("abort", lost);
    signal.addEventListener("abort", stop);
    if (link.gone.aborted) lost();
    else if (signal.aborted) stop();
  });
}
