import { spawn } from "node:child_process";

/** A failure that is told to a person as it stands: what failed, why, what to do. */
export class LabError extends Error {
  override readonly name = "LabError";
}

/** What became of a command. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets each line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command without a shell and answers with its exit code; a command that cannot be started has code 127. */
export function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C.UTF-8", PATH: systemPath(), ...options.env },
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: "SIGKILL" as const }),
    });
    let stdout = "";
    let stderr = "";
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-64 * 1024);
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line);
    });
    child.on("error", (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.on("close", (code, signal) => {
      const reason = signal === null ? stderr : `${stderr}\nended by ${signal}`;
      resolve({ code: code ?? 128, stdout, stderr: reason });
    });
    // A child that ends before it has read everything is judged by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a command and answers with its standard output. Throws `LabError` with the end of its output when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await attempt(command, args, options);
  if (outcome.code === 0) return outcome.stdout;
  const tail = lastLines(`${outcome.stdout}\n${outcome.stderr}`);
  throw new LabError(`"${command} ${args.join(" ").slice(0, 300)}" failed with code ${String(outcome.code)}:\n${tail}`);
}

/** The search path with the folders of administration tools, which not every account has. */
export function systemPath(): string {
  return `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;
}

/** The end of a command's output, for an error message. */
export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n");
}
