import { describeFailure, toFailure } from "../../core/errors.ts";
import type { Asked, Ears } from "./ears.ts";
import { failureMessage, lateMessage } from "./messages.ts";
import { postIn } from "./post.ts";
import { madeAt } from "./snowflake.ts";

/** Milliseconds after which what was asked for is no longer done: whoever asked has long done something else. */
const tooLateMs = 600_000;
/** Milliseconds in which one person is told once in a channel that something came late. */
const quietMs = 30_000;

/** Whether something that Discord no longer waits for is still to be done. */
export function isStillMeant({ now, log }: Ears, { interaction }: Asked): boolean {
  const age = now() - madeAt(interaction.id);
  const isMeant = age < tooLateMs;
  const seconds = Math.round(age / 1000);
  log.warn({ seconds }, isMeant ? "an interaction came late" : "an interaction came too late and is not done");
  return isMeant;
}

/** Tells whoever asked, in the channel: Discord takes no private answer any more. Once for all that came late together. */
export async function tellLate(ears: Ears, { interaction, caller }: Asked, words: string): Promise<void> {
  const { client, now, toldLate } = ears;
  const who = `${caller.id} ${caller.channel}`;
  if (now() - (toldLate.get(who) ?? 0) < quietMs) return;
  toldLate.set(who, now());
  const seconds = Math.round((now() - madeAt(interaction.id)) / 1000);
  await postIn(client, caller.channel, lateMessage(caller.id, seconds, words), interaction.id);
}

/** Tells whoever asked why it was not done; nobody else, so that late it is only said that it was not. */
export async function tellFailure(
  ears: Ears,
  asked: Asked,
  {
    title,
    error,
    how,
  }: { readonly title: string; readonly error: unknown; readonly how: "finish" | "follow" | "late" },
): Promise<void> {
  const { log, now } = ears;
  const failure = toFailure(error);
  const { code } = failure;
  const context = { code, user: asked.caller.id, reason: describeFailure(failure) };
  if (code === "internal") log.error({ ...context, err: error }, `${title} in Discord failed`);
  else log.info(context, `${title} in Discord was not done`);
  if (how === "late") return tellLate(ears, asked, "It was not done; try again to see why.");
  await asked.reply[how](failureMessage(title, error, now()));
}
