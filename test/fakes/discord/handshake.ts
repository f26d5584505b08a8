import { ApplicationFlags, GatewayIntentBits as Intent } from "discord-api-types/v10";
import { z } from "zod";

const dayMs = 86_400_000;
const identifiesPerDay = 1000;

const identifyForm = z.looseObject({
  token: z.string(),
  intents: z.number().int().min(0),
  properties: z.looseObject({ os: z.string(), browser: z.string(), device: z.string() }),
  shard: z.tuple([z.number(), z.number()]).optional(),
});
/** What RESUME brings. */
export const resumeForm = z.object({ token: z.string(), session_id: z.string(), seq: z.number().int().nullable() });

const allIntents = Object.values(Intent).reduce<number>((all, bit) => (typeof bit === "number" ? all | bit : all), 0);

/** A privileged intent and the flags of the application of which one allows it. */
const privileged: readonly (readonly [number, number])[] = [
  [Intent.GuildPresences, ApplicationFlags.GatewayPresence | ApplicationFlags.GatewayPresenceLimited],
  [Intent.GuildMembers, ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited],
  [Intent.MessageContent, ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited],
];

/** With which code the gateway closes the socket of whoever identifies so; null when it is welcome. */
export function refuseIdentify(
  d: unknown,
  applicationFlags: number,
  acceptsToken: (token: string) => boolean,
): { readonly code: number; readonly reason: string } | null {
  const parsed = identifyForm.safeParse(d);
  if (!parsed.success) return { code: 4002, reason: "Error while decoding payload." };
  const { token, intents, shard } = parsed.data;
  if (!acceptsToken(token)) return { code: 4004, reason: "Authentication failed." };
  if (shard !== undefined && shard[0] >= shard[1]) return { code: 4010, reason: "Invalid shard." };
  if ((intents & ~allIntents) !== 0) return { code: 4013, reason: "Invalid intent(s)." };
  if (privileged.some(([intent, flags]) => (intents & intent) !== 0 && (applicationFlags & flags) === 0))
    return { code: 4014, reason: "Disallowed intent(s)." };
  return null;
}

/** The intents of an IDENTIFY that was not refused. */
export function intentsOf(d: unknown): number {
  return identifyForm.parse(d).intents;
}

/** Counts sessions that are started: 1,000 in 24 hours. */
export class StartLimit {
  readonly #now: () => number;
  #starts: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many the last day saw. */
  get used(): number {
    this.#starts = this.#starts.filter((at) => this.#now() - at < dayMs);
    return this.#starts.length;
  }

  /** Counts one; false when there is none left. */
  take(): boolean {
    if (this.used >= identifiesPerDay) return false;
    this.#starts.push(this.#now());
    return true;
  }

  /** The `session_start_limit` of GET /gateway/bot. */
  get view(): { total: number; remaining: number; reset_after: number; max_concurrency: number } {
    const remaining = identifiesPerDay - this.used;
    const first = this.#starts[0];
    const resetAfter = first === undefined ? 0 : first + dayMs - this.#now();
    return { total: identifiesPerDay, remaining, reset_after: resetAfter, max_concurrency: 1 };
  }
}
