import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { watch } from "./watch.ts";

/** The real prompt in a process of its own, at which a script types. */
export interface Console {
  /** Types a line, as soon as it can be typed: after the prompt, or after a question. */
  type(line: string): Promise<void>;
  /** Resolves once this is to be seen in what was not taken yet. */
  until(like: RegExp): Promise<void>;
  /** What is on the screen since the last time, but for a line that waits for an answer. */
  take(): string;
  close(): Promise<void>;
}

/** Milliseconds after which what was expected will not come any more. */
const patienceMs = 60_000;

/** What stands before the cursor when something can be typed. */
const ready = /(^|\n)(nonet> |.*anything else to refuse: )$/;

/** As a terminal shows it: a notice takes the place of what stood on its line before. */
function overwritten(text: string): string {
  const [first = "", ...rest] = text.split("\r\u001B[K");
  return rest.reduce((before, after) => before.slice(0, before.lastIndexOf("\n") + 1) + after, first);
}

/** Opens the console of this user of the machine. */
export function openConsole(socket: string, user: string, history: string): Console {
  const child = spawn(process.execPath, [join(import.meta.dirname, "console-child.ts"), socket, user, history], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  const wait = watch(child.stdout, patienceMs, (text) => {
    screen = overwritten(screen + text);
  });
  const until = (like: RegExp) =>
    wait(
      () => like.test(screen),
      () => `${user} does not see ${String(like)} but ${screen}`,
    );
  return {
    until,
    async type(line) {
      await until(ready);
      // Where there is no terminal, nobody shows what is typed.
      screen += `${line}\n`;
      child.stdin.write(`${line}\n`);
    },
    take() {
      const waiting = ready.exec(screen)?.[2] ?? "";
      const text = screen.slice(0, screen.length - waiting.length);
      screen = waiting;
      return text.trimEnd();
    },
    async close() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}
