import type { Suggestion } from "../../core/desk.ts";
import { declaredName, filledFrom } from "./commands.ts";
import type { Asked, Ears } from "./ears.ts";
import { commandOf } from "./interaction.ts";
import { within } from "./within.ts";

/** Milliseconds after which a person has typed on anyway; Discord takes an answer for three seconds. */
const patienceMs = 2000;
/** Discord's limits: choices, and characters of each. */
const most = { choices: 25, characters: 100 };

const integer = 4;
const number = 10;

/** Suggests what an option could be; nothing at all to whoever may not use the command, or when it takes too long. */
export async function complete({ commands, desk }: Ears, { interaction, caller, reply }: Asked): Promise<void> {
  const given = commandOf(interaction);
  const command = commands.find(({ name }) => name === given.name);
  const asked = given.options.find(({ focused }) => focused === true);
  if (command === undefined || asked === undefined) return void (await reply.complete([]));
  const option = declaredName(asked.name, command);
  const others = given.options.filter((each) => each !== asked);
  const filled = filledFrom({ ...given, options: others }, command);
  const question = { command: command.name, option, typed: String(asked.value ?? ""), given: filled };
  const none: readonly Suggestion[] = [];
  const found = await within(patienceMs, desk.complete(question, caller)).catch(() => none);
  const isNumber = asked.type === integer || asked.type === number;
  const choices = found
    .filter(({ value }) => value !== "" && value.length <= most.characters)
    .slice(0, most.choices)
    .map(({ value, label }) => ({
      name: (label === "" ? value : label).slice(0, most.characters),
      value: isNumber ? Number(value) : value,
    }));
  await reply.complete(choices);
}
