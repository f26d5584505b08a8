import type { Caller } from "../../core/caller.ts";
import type { Command } from "../../core/command.ts";
import type { Desk, Filled } from "../../core/desk.ts";
import { optionsOf } from "../../core/option.ts";
import { usage, words } from "../../core/typed.ts";
import type { Completion } from "./wire.ts";

/** Suggestions that are of use at once. */
const most = 30;
const none: Completion = { from: 0, items: [] };

/** How a line could go on, from what was typed of it so far: commands first, then what their options can be. */
export async function completeLine(desk: Desk, line: string, caller: Caller): Promise<Completion> {
  const commands = desk.commandsFor(caller);
  const typed = line.trimStart().replace(/^\/?/, "/");
  const command = commands
    .filter(({ name }) => typed.startsWith(`/${name} `))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  return command === undefined ? names(commands, typed) : values(desk, command, line, caller);
}

function names(commands: readonly Command[], typed: string): Completion {
  const text = typed.toLowerCase();
  const starts = commands.filter(({ name }) => `/${name}`.startsWith(text));
  const contains = commands.filter((each) => !starts.includes(each) && each.name.includes(text.slice(1)));
  const items = [...starts, ...contains].map((each) => {
    const value = `/${each.name}${optionsOf(each).length === 0 ? "" : " "}`;
    return { value, label: usage(each), about: each.summary };
  });
  return { from: 0, items };
}

async function values(desk: Desk, command: Command, line: string, caller: Caller): Promise<Completion> {
  const from = line.search(/\S*$/);
  const last = line.slice(from);
  const spelled = /^(?:--)?([a-z][a-zA-Z]*)=/.exec(last);
  const given = givenIn(line.slice(0, from), command);
  const option = spelled?.[1] ?? given.next;
  if (option === undefined) return none;
  const prefix = spelled?.[0] ?? "";
  const found = await desk.complete(
    { command: command.name, option, typed: last.slice(prefix.length), given: given.options },
    caller,
  );
  const about = optionsOf(command).find(({ name }) => name === option)?.description ?? "";
  const items = found.slice(0, most).map(({ value, label }) => ({ value: `${prefix}${value} `, label, about }));
  return { from, items };
}

/** What the words before the last one fill, and the option that comes next. */
function givenIn(before: string, command: Command): { readonly options: Filled; readonly next: string | undefined } {
  const options = new Map<string, string>();
  const open = () => optionsOf(command).find(({ name }) => !options.has(name))?.name;
  let named: string | undefined;
  for (const word of wordsOf(before).slice(command.name.split(" ").length)) {
    const pair = /^(?:--)?([a-z][a-zA-Z]*)=(.*)$/s.exec(word);
    const alone = /^--([a-z][a-zA-Z]*)$/.exec(word)?.[1];
    if (pair?.[1] !== undefined) options.set(pair[1], pair[2] ?? "");
    else if (alone === undefined) options.set(named ?? open() ?? "", word);
    named = pair === null ? alone : undefined;
  }
  return { options: Object.fromEntries(options), next: named ?? open() };
}

/** A quote that is not closed yet is nothing to complain about while somebody types. */
function wordsOf(text: string): readonly string[] {
  try {
    return words(text);
  } catch {
    return text.trim().split(/\s+/);
  }
}
