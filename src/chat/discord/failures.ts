import { DiscordAPIError, HTTPError, RateLimitError } from "@discordjs/rest";
import { OpsError } from "../../core/errors.ts";
import { MouthBusy, MouthError } from "../../core/mouth.ts";

/** Discord's own numbers for what it refuses (its documentation: Opcodes and Status Codes, JSON error codes). */
export const codes = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownInteraction: 10_062,
  oldMessageEdits: 30_046,
  alreadyAcknowledged: 40_060,
  missingAccess: 50_001,
  missingPermissions: 50_013,
  wrongChannelType: 50_024,
  threadArchived: 50_083,
  threadExists: 160_004,
} as const;

/** What to do about a refusal that a person can lift. */
const advice: Readonly<Record<number, string>> = {
  [codes.missingAccess]: "Let the bot see the channel (View Channel) and read its history.",
  [codes.missingPermissions]: "npm run doctor says which permission the bot lacks there.",
};

/** Refusals that stay whatever anybody permits: the channel is gone or of the wrong kind, the message is malformed. */
const forGood: ReadonlySet<number> = new Set([
  codes.unknownChannel,
  10_004, // the server is gone
  40_005, // too large
  50_006, // empty
  50_008, // no text channel
  codes.wrongChannelType,
  50_035, // malformed
]);

/** Discord answered, and said no. */
export class Refused extends OpsError {
  /** Discord's number for it; one of `codes`, or another. */
  readonly number: number;

  constructor(number: number, words: string, cause: unknown) {
    const hint = advice[number];
    super({
      code: "discord_refused",
      message: `Discord refused it: ${words} (${number}).`,
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
    this.number = number;
  }
}

/** Whether Discord refused with one of these numbers. */
export const isRefusal = (error: unknown, ...numbers: readonly number[]): error is Refused =>
  error instanceof Refused && numbers.includes(error.number);

/** Discord does not take the token, and will take nothing that comes with it. */
export const unauthorized = (): OpsError =>
  new OpsError({
    code: "discord_unauthorized",
    message: "Discord does not take the bot's token: it was reset, or is not complete.",
    state: "Runs go on; nothing is shown or heard in Discord.",
    hint: "Make a new token in the Developer Portal (Bot, Reset Token), set it and restart Nonet.",
  });

/** What the library throws, as one of `MouthBusy`, `Refused` and `OpsError`. The request, with its tokens, is left out. */
export function understood(error: unknown): Error {
  if (error instanceof RateLimitError) return new MouthBusy(waitOf(error));
  if (error instanceof DiscordAPIError) {
    // The token of an interaction that is over is refused with a number of its own.
    if (error.status === 401 && error.code === 0) return unauthorized();
    return new Refused(Number(error.code), error.message.replaceAll("\n", "; "), undefined);
  }
  if (error instanceof MouthBusy || error instanceof OpsError) return error;
  const why = error instanceof HTTPError ? `HTTP ${error.status}` : causeOf(error);
  return new OpsError({ code: "discord_away", message: `Discord cannot be reached: ${why}.`, cause: undefined });
}

/** For the outbox: what can never be said is a `MouthError`; a missing permission can be given, so it is tried again. */
export function forOutbox(error: unknown): unknown {
  return error instanceof Refused && forGood.has(error.number) ? new MouthError(error.message) : error;
}

/** At least a moment: the library's own count may be over already. */
const waitOf = ({ retryAfter, sublimitTimeout, timeToReset }: RateLimitError): number =>
  Math.ceil(Math.max(retryAfter, sublimitTimeout, timeToReset, 100));

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "AbortError" ? "it did not answer in time" : error.message;
}
