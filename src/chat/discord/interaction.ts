import type { APIModalSubmission } from "discord-api-types/v10";
import { z } from "zod";
import type { Caller } from "../../core/caller.ts";

/** What an interaction is about, by Discord's numbers. */
export const kinds = { command: 2, button: 3, completion: 4, form: 5 } as const;

/** The flag of a member who is a guest of a voice channel only. */
const guest = 1 << 4;

type Given = z.infer<typeof Given>;
const Given = z.object({
  name: z.string(),
  type: z.int(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
  get options() {
    return z.array(Given).optional();
  },
});

/** A field of a form that was filled in. */
type Field = APIModalSubmission["components"][number];
const isRecord = (given: unknown) => typeof given === "object" && given !== null;

/** The parts of an interaction that are used; whatever else is in it is not looked at. */
const Interaction = z.object({
  id: z.string().regex(/^\d{15,20}$/),
  token: z.string().regex(/^[\w-]+$/),
  application_id: z.string(),
  type: z.int(),
  guild_id: z.string().optional(),
  channel_id: z.string().optional(),
  context: z.int().nullish(),
  authorizing_integration_owners: z.record(z.string(), z.string()).optional(),
  member: z
    .object({
      user: z.object({ id: z.string(), bot: z.boolean().optional() }),
      flags: z.int().optional(),
    })
    .optional(),
  message: z.object({ id: z.string(), channel_id: z.string().optional() }).optional(),
  data: z
    .object({
      name: z.string().optional(),
      options: z.array(Given).optional(),
      custom_id: z.string().optional(),
      components: z.array(z.custom<Field>(isRecord)).optional(),
    })
    .optional(),
});
export type Interaction = z.infer<typeof Interaction>;

/** `undefined` for what is no interaction that Nonet could answer. */
export const readInteraction = (given: unknown): Interaction | undefined => Interaction.safeParse(given).data;

/** Somebody in a channel. */
export type ChannelCaller = Caller & { readonly channel: string };

/** The only server and application that are listened to. */
export interface Pinned {
  readonly guild: string;
  readonly application: string;
}

/**
 * Who speaks, and where, as Discord vouches for it; or why that is nobody who is listened to. The server's own
 * installation must have brought it here: a bot that somebody installed for himself works in places nobody has chosen.
 */
export function callerOf(interaction: Interaction, pinned: Pinned): ChannelCaller | string {
  const { member, guild_id, channel_id, context, authorizing_integration_owners: owners } = interaction;
  if (guild_id === undefined || member === undefined || channel_id === undefined || (context ?? 0) !== 0) {
    return "Nonet answers in the channels of its own server only, not in direct messages.";
  }
  if (guild_id !== pinned.guild || (owners !== undefined && owners["0"] !== pinned.guild)) {
    return "Nonet answers in its own server only.";
  }
  if (member.user.bot === true) return "Nonet does not listen to bots.";
  if (((member.flags ?? 0) & guest) !== 0) return "Nonet does not listen to guests.";
  return { via: "discord", id: member.user.id, channel: channel_id };
}

/** What was given after a command's name. */
export interface GivenCommand {
  /** `cluster build`. */
  readonly name: string;
  readonly options: readonly Given[];
}

/** The command of an interaction; `/cluster build` comes as `cluster` with the subcommand `build`. */
export function commandOf({ data }: Interaction): GivenCommand {
  const { name = "", options = [] } = data ?? {};
  const [first] = options;
  const subcommand = 1;
  if (first?.type !== subcommand) return { name, options };
  return { name: `${name} ${first.name}`, options: first.options ?? [] };
}
