import type { Receipt } from "../../core/desk.ts";
import { filledFrom } from "./commands.ts";
import type { Asked, Ears } from "./ears.ts";
import { commandOf, type GivenCommand } from "./interaction.ts";
import { answerMessage } from "./messages.ts";
import { postIn } from "./post.ts";
import { isStillMeant, tellFailure, tellLate } from "./telling.ts";

/**
 * A slash command. It is acknowledged before anything else, privately: a refusal is nobody else's business, and whether
 * an answer is private cannot be changed later.
 */
export async function answerCommand(ears: Ears, asked: Asked): Promise<void> {
  const given = commandOf(asked.interaction);
  const ack = await asked.reply.deferReply();
  if (ack === "taken") return;
  // From here on it counts as heard, also when this process dies: nothing is done twice.
  await ears.session.save();
  const isLate = ack === "late";
  if (isLate && !isStillMeant(ears, asked)) return;
  await ears.lanes.run(asked.caller.id, () => carryOut(ears, asked, given, isLate));
}

async function carryOut(ears: Ears, asked: Asked, given: GivenCommand, isLate: boolean): Promise<void> {
  const { commands, desk } = ears;
  const command = commands.find(({ name }) => name === given.name);
  const done = await desk.use(given.name, filledFrom(given, command), asked.caller).then(
    (receipt) => ({ receipt }),
    (error: unknown) => ({ error }),
  );
  if ("receipt" in done) return show(ears, asked, done.receipt, isLate);
  await tellFailure(ears, asked, { title: `/${given.name}`, error: done.error, how: isLate ? "late" : "finish" });
}

/** A run is shown by its card, which the outbox posts. What changed something is for the whole channel. */
async function show(ears: Ears, asked: Asked, receipt: Receipt, isLate: boolean): Promise<void> {
  const { client, desk, now, later } = ears;
  const { interaction, caller, reply } = asked;
  if (receipt.kind === "answer" && !receipt.shared) {
    if (isLate) return tellLate(ears, asked, "The answer would have been for you only; please ask again.");
    return reply.finish(answerMessage(receipt.card, now()));
  }
  if (receipt.kind === "answer") {
    const by = ["by", desk.nameOf(caller) ?? caller.id] as const;
    const message = answerMessage({ ...receipt.card, facts: [...receipt.card.facts, by] }, now());
    const post = () => postIn(client, caller.channel, message, interaction.id);
    const isPosted = await post().then(
      () => true,
      () => false,
    );
    if (!isPosted) {
      // It is done all the same: whoever did it hears so now, the channel as soon as it can.
      later(post);
      return isLate ? undefined : reply.finish(message);
    }
  }
  if (!isLate) await reply.vanish();
}
