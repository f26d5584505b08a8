import type { Command } from "../../core/command.ts";
import type { Receipt } from "../../core/desk.ts";
import { filledFrom } from "./commands.ts";
import type { Asked, Ears } from "./ears.ts";
import { commandOf } from "./interaction.ts";
import { isStillMeant, tellLate } from "./late.ts";
import { cardMessage, failureMessage } from "./messages.ts";
import { postIn } from "./post.ts";

/** Commands that only look: their answers would be for whoever asked. */
const looks: ReadonlySet<Command["access"]> = new Set(["anyone", "viewer"]);

/**
 * A slash command. It is acknowledged before anything else, privately: a refusal is nobody else's business, and whether
 * an answer is private cannot be changed later.
 */
export async function answerCommand(ears: Ears, asked: Asked): Promise<void> {
  const { commands, desk, session, log, now } = ears;
  const { interaction, caller, reply } = asked;
  const given = commandOf(interaction);
  const ack = await reply.deferReply();
  if (ack === "taken") return;
  // From here on it counts as heard, also when this process dies: nothing is done twice.
  await session.save();
  const command = commands.find(({ name }) => name === given.name);
  if (ack === "late") {
    if (!isStillMeant(ears, asked)) return;
    if (command === undefined || looks.has(command.access)) {
      return tellLate(ears, asked, "The answer would have been for you only; please ask again.");
    }
  }
  try {
    const receipt = await desk.use(given.name, filledFrom(given, command), caller);
    await show(ears, asked, receipt, ack === "late");
  } catch (error) {
    log.warn({ command: given.name, user: caller.id, err: error }, "a command from Discord was not carried out");
    if (ack === "late") await tellLate(ears, asked, "It was not done; ask again to see why.");
    else await reply.finish(failureMessage(`/${given.name}`, error, now()));
  }
}

/** A run is shown by its card, which the outbox posts. What changed something is for the whole channel. */
async function show(
  { client, desk, now }: Ears,
  { interaction, caller, reply }: Asked,
  receipt: Receipt,
  isLate: boolean,
): Promise<void> {
  if (receipt.kind === "answer") {
    if (!receipt.shared && !isLate) return reply.finish(cardMessage(receipt.card, now()));
    const by = ["by", desk.nameOf(caller) ?? caller.id] as const;
    const card = { ...receipt.card, facts: [...receipt.card.facts, by] };
    await postIn(client, caller.channel, cardMessage(card, now()), interaction.id);
  }
  if (!isLate) await reply.vanish();
}
