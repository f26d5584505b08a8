import { appendFile, readFile } from "node:fs/promises";
import { createInterface, type Interface } from "node:readline/promises";
import type { Card } from "../../core/card.ts";
import { describeFailure, toFailure } from "../../core/errors.ts";
import { columns } from "../../render/width.ts";
import { listen, request, submit, type Watcher } from "./client.ts";
import { eraseLines, liveCard, type LiveCard, type Screen } from "./live.ts";

/** Where a prompt reads and writes, and which user of the machine sits at it. */
export interface PromptOptions {
  readonly socket: string;
  readonly user: string;
  /** File that keeps what was typed, over sessions. */
  readonly history: string;
}

const historySize = 500;

/** A prompt for slash commands, until `exit` or end of input. */
export async function prompt(options: PromptOptions): Promise<void> {
  const reader = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: "nonet> ",
    history: await readHistory(options.history),
    historySize,
    completer: async (line: string): Promise<[string[], string]> => [await completions(options, line), line],
  });
  const notices = openNotices(reader);
  const stop = await listen(options.socket, options.user, notices.heard);
  reader.prompt();
  for await (const line of reader) {
    const text = line.trim();
    if (text === "exit" || text === "quit") break;
    if (text !== "") {
      await appendFile(options.history, `${text}\n`, { mode: 0o600 });
      await notices.hold(() => runCommand(reader, options, text));
    }
    reader.prompt();
  }
  stop();
  reader.close();
}

/** Prints what others caused: between two commands at once, above what is being typed; else after the command. */
function openNotices(reader: Interface) {
  let held: string[] | undefined;
  const print = (line: string) => terminal().write(`\r\u001B[K» ${line}\n`);
  return {
    heard: (line: string) => {
      if (held !== undefined) return void held.push(line);
      print(line);
      reader.prompt(true);
    },
    hold: async (work: () => Promise<void>) => {
      held = [];
      await work();
      held.forEach(print);
      held = undefined;
    },
  };
}

async function runCommand(reader: Interface, options: PromptOptions, text: string): Promise<void> {
  const screen = terminal();
  const live = liveCard(screen);
  const watcher: Watcher = {
    card: (card) => live.show(card),
    ask: (card, closed) => askAt(reader, live, card, closed),
  };
  try {
    const { card } = await submit(options.socket, text, options.user, watcher);
    live.end(card);
  } catch (error) {
    live.end(null);
    screen.write(`✗ ${describeFailure(toFailure(error))}\n`);
  }
}

/** `null` once somebody else has answered: what is typed then is a command again. */
async function askAt(
  reader: Interface,
  live: LiveCard,
  { question }: Card,
  signal: AbortSignal,
): Promise<string | null> {
  if (question === null) return null;
  const screen = terminal();
  const text = `  Type ${question.approveWith} to go on, anything else to refuse: `;
  const rows = () => reader.getCursorPos().rows;
  // The reader hears of it next: it goes to the end of what was typed and ends the line, which is empty by now.
  const leave = () => {
    if (screen.isTTY) reader.write(null, { ctrl: true, name: "e" });
    screen.write(screen.isTTY ? eraseLines(rows()) : "\n");
    live.drop(1);
  };
  signal.addEventListener("abort", leave);
  live.keep({ rows, redraw: () => reader.prompt(true) });
  try {
    const answer = await reader.question(text, { signal });
    live.drop(Math.floor(columns(text + answer) / screen.columns) + 1);
    return answer.trim();
  } catch (error) {
    if (!signal.aborted) throw error;
    return null;
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** What Tab makes of a line: every command the user may use now, up to its first option. */
async function completions({ socket, user }: PromptOptions, line: string): Promise<string[]> {
  const response = await request(socket, { kind: "commands", user });
  const usages = response.kind === "commands" ? response.usages : [];
  return usages.map((usage) => `${usage.split(/ [A-Z[]/)[0] ?? usage} `).filter((usage) => usage.startsWith(line));
}

async function readHistory(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").filter(Boolean).toReversed().slice(0, historySize);
}

/** This process's own terminal. */
export function terminal(): Screen {
  const { stdout } = process;
  return {
    isTTY: stdout.isTTY && process.env["NO_COLOR"] === undefined,
    // A terminal that does not know its size says 0.
    columns: stdout.columns || 120,
    rows: stdout.rows || 40,
    write: (text) => void stdout.write(text),
  };
}
