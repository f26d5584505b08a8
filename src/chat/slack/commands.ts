import type { Inside, Visit } from "./inside.ts";
import { askForOptions } from "./modals.ts";
import type { SlashCommand } from "./payload.ts";
import { typedLine } from "./text.ts";
import { show } from "./show.ts";

/** A slash command: done at once, or asked for what is missing. */
export async function useCommand(
  inside: Inside,
  visit: Visit,
  { command, text, trigger_id }: SlashCommand,
): Promise<void> {
  const line = typedLine(command, text);
  const form = inside.desk.formFor(line, visit.caller);
  if (form !== undefined) return askForOptions(inside, visit, form, trigger_id);
  await show(inside, visit, await inside.desk.submit(line, visit.caller), trigger_id);
}
