import type { Asked, Ears } from "./ears.ts";
import { postIn } from "./post.ts";
import { lateMessage } from "./messages.ts";
import { madeAt } from "./snowflake.ts";

/** Milliseconds after which what was asked for is no longer done: whoever asked has long done something else. */
const tooLateMs = 600_000;

/** Whether something that Discord no longer waits for is still to be done. */
export function isStillMeant({ now, log }: Ears, { interaction }: Asked): boolean {
  const age = now() - madeAt(interaction.id);
  const isMeant = age < tooLateMs;
  const seconds = Math.round(age / 1000);
  log.warn({ seconds }, isMeant ? "an interaction came late" : "an interaction came too late and is not done");
  return isMeant;
}

/** Tells whoever asked, in the channel: Discord takes no private answer any more. */
export async function tellLate({ client, now }: Ears, { interaction, caller }: Asked, words: string): Promise<void> {
  const seconds = Math.round((now() - madeAt(interaction.id)) / 1000);
  await postIn(client, caller.channel, lateMessage(caller.id, seconds, words), interaction.id);
}
