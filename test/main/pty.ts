import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { watch } from "../docs/watch.ts";

/** A program on a terminal of its own. */
export interface Pty {
  /** Types these keys. */
  type(keys: string): void;
  /** Resolves once the screen is as wanted; lines without blanks at their ends. */
  until(wanted: (screen: readonly string[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds after which what was expected will not come any more. */
const patienceMs = 15_000;

/** Why no terminal can be made here; `null` where it can. */
export const noPty =
  spawnSync("script", ["-qfec", "true", "/dev/null"], { stdio: "ignore" }).status === 0
    ? null
    : "script of util-linux is not installed";

/** Starts a program on a terminal with so many columns and 24 rows (script(1) of util-linux makes it). */
export function openPty(command: readonly string[], width: number): Pty {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = spawn("script", ["-qfec", `stty cols ${width} rows 24; exec ${quoted}`, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TERM: "xterm", NO_COLOR: undefined },
  });
  const exited = once(child, "exit");
  let written = "";
  const wait = watch(child.stdout, patienceMs, (text) => {
    written += text;
  });
  const screen = () => screenOf(written, width);
  return {
    type: (keys) => void child.stdin.write(keys),
    until: (wanted) =>
      wait(
        () => wanted(screen()),
        () => `What was expected did not come:\n${screen().join("\n")}`,
      ),
    async close() {
      // Its terminal goes with it, which ends the program.
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** What a terminal shows that was given this; as many control sequences as a prompt and a card use, and no scrolling. */
function screenOf(written: string, width: number): string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const line = () => (lines[row] ??= []);
  // oxlint-disable-next-line no-control-regex -- control sequences are what this is about
  for (const [token, , count, letter] of written.matchAll(/(\u001B\[\??([\d;]*)([A-Za-z]))|[^]/gu)) {
    const by = Number(count === "" ? 1 : count);
    if (token === "\r") column = 0;
    else if (token === "\n") row += 1;
    else if (letter === "A") row = Math.max(0, row - by);
    else if (letter === "B") row += by;
    else if (letter === "C") column += by;
    else if (letter === "D") column -= by;
    else if (letter === "G") column = by - 1;
    else if (letter === "J" || letter === "K") {
      line().length = Math.min(line().length, column);
      if (letter === "J") lines.length = row + 1;
    } else if (letter === undefined) {
      if (column === width) [row, column] = [row + 1, 0];
      for (let at = line().length; at < column; at += 1) line()[at] = " ";
      line()[column] = token;
      column += 1;
    }
    line();
  }
  return Array.from(lines, (cells) => (cells ?? []).join("").trimEnd());
}
