import type { Caller } from "../core/caller.ts";
import type { Command } from "../core/command.ts";
import type { CommandForm, Desk, Filled, Suggestion } from "../core/desk.ts";
import { isFinished } from "../core/journal.ts";
import { shortId } from "../core/left.ts";
import { titleOf } from "../core/lock.ts";
import { optionsOf } from "../core/option.ts";
import { findCommand } from "../core/typed.ts";
import type { Inside } from "./inside.ts";

/** See `Desk.formFor`. */
export function formFor({ commands, commandsFor }: Inside, text: string, caller: Caller): CommandForm | undefined {
  const usable = commandsFor(caller);
  const command = named(text, commands);
  if (command === undefined || !usable.includes(command)) return undefined;
  const options = optionsOf(command);
  return options.some(({ required }) => required)
    ? { command: command.name, summary: command.summary, options }
    : undefined;
}

/** The command that was typed with nothing after it. */
function named(text: string, commands: readonly Command[]): Command | undefined {
  try {
    const { command, rest } = findCommand(text, commands, []);
    return rest.trim() === "" ? command : undefined;
  } catch {
    return undefined;
  }
}

/** See `Desk.complete`. */
export async function complete(
  inside: Inside,
  asked: Parameters<Desk["complete"]>[0],
  caller: Caller,
): Promise<readonly Suggestion[]> {
  const command = inside.commandsFor(caller).find(({ name }) => name === asked.command);
  const option = command && optionsOf(command).find(({ name }) => name === asked.option);
  if (command === undefined || option === undefined) return [];
  const found = await valuesOf(inside, command, option, asked.given, caller);
  const typed = asked.typed.trim().toLowerCase();
  const starts = ({ value }: Suggestion) => value.toLowerCase().startsWith(typed);
  const contains = ({ label }: Suggestion) => label.toLowerCase().includes(typed);
  return [...found.filter(starts), ...found.filter((each) => !starts(each) && contains(each))];
}

async function valuesOf(
  inside: Inside,
  command: Command,
  { name, about, choices, kind }: ReturnType<typeof optionsOf>[number],
  given: Filled,
  caller: Caller,
): Promise<readonly Suggestion[]> {
  const same = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
  const allowed = (value: string) => {
    const input = { ...given, [name]: kind === "text" ? value : Number(value) };
    return inside.may(caller, { kind: "use", command, input, partial: true });
  };
  if (choices !== null) return same(choices.filter(allowed));
  if (about === "cluster") return same([...(await inside.services.clusters.list())].filter(allowed).toSorted());
  if (about !== "run") return [];
  const views = await inside.runs.latest(null);
  return views.runs
    .filter((run) => inside.may(caller, { kind: "see", command, run }))
    .map((run) => ({
      value: shortId(run.id),
      label: `${shortId(run.id)} ${titleOf(run)} by ${run.actor}, ${isFinished(run) ? run.state : `${run.state} now`}`,
    }));
}
