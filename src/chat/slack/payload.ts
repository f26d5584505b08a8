import { z } from "zod";

const Id = z.object({ id: z.string() });

/** Who Slack says it comes from; what is missing is refused later. */
const From = {
  api_app_id: z.string(),
  team: Id.nullish(),
  enterprise: Id.nullish(),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
};

/** A slash command. */
export const SlashCommand = z.object({
  api_app_id: z.string(),
  team_id: z.string(),
  enterprise_id: z.string().optional(),
  user_id: z.string(),
  channel_id: z.string(),
  command: z.string(),
  text: z.string().default(""),
  trigger_id: z.string(),
  response_url: z.string(),
});
export type SlashCommand = z.infer<typeof SlashCommand>;

/** A button pressed under a message. */
export const BlockActions = z.object({
  ...From,
  type: z.literal("block_actions"),
  trigger_id: z.string(),
  response_url: z.string().optional(),
  container: z.object({ type: z.literal("message"), message_ts: z.string(), channel_id: z.string() }),
  // Slack sends one at a time.
  actions: z.tuple([z.object({ action_id: z.string(), action_ts: z.string() })]),
});
export type BlockActions = z.infer<typeof BlockActions>;

/** What a modal of Nonet's remembers: where it was opened, and what for. */
export const Opened = z.object({
  channel: z.string(),
  thread: z.string().nullable(),
  responseUrl: z.string().nullable(),
  about: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("action"), id: z.string(), messageId: z.string() }),
    z.object({ kind: z.literal("command"), name: z.string() }),
    z.object({ kind: z.literal("line") }),
  ]),
});
export type Opened = z.infer<typeof Opened>;

/** Slack gives it back as it was, and lets nobody change it. */
const Metadata = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "not JSON" });
    return z.NEVER;
  }
});

/** A modal that was sent. */
export const ViewSubmission = z.object({
  ...From,
  type: z.literal("view_submission"),
  view: z.object({
    id: z.string(),
    hash: z.string(),
    private_metadata: Metadata.pipe(Opened),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  }),
});
export type ViewSubmission = z.infer<typeof ViewSubmission>;

/** An entry in the menu of a message. */
export const MessageShortcut = z.object({
  ...From,
  type: z.literal("message_action"),
  callback_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string(),
  channel: Id,
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }),
});
export type MessageShortcut = z.infer<typeof MessageShortcut>;

/** Somebody opened the home tab. */
const HomeOpened = z.object({
  api_app_id: z.string(),
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  event_id: z.string(),
  event: z.object({ type: z.literal("app_home_opened"), user: z.string(), tab: z.string() }),
});
type HomeOpened = z.infer<typeof HomeOpened>;

/** Everything that somebody can do about Nonet in Slack. */
export type Heard =
  | { readonly kind: "command"; readonly data: SlashCommand }
  | { readonly kind: "press"; readonly data: BlockActions }
  | { readonly kind: "modal"; readonly data: ViewSubmission }
  | { readonly kind: "shortcut"; readonly data: MessageShortcut }
  | { readonly kind: "home"; readonly data: HomeOpened };

/** Reads what Slack sent; `undefined` for what Nonet has no use for. */
export function readPayload(kind: string, body: unknown): Heard | undefined {
  if (kind === "slash_commands") return heard("command", SlashCommand, body);
  if (kind === "events_api") return heard("home", HomeOpened, body);
  return (
    heard("press", BlockActions, body) ??
    heard("modal", ViewSubmission, body) ??
    heard("shortcut", MessageShortcut, body)
  );
}

function heard<K extends Heard["kind"], T>(kind: K, schema: z.ZodType<T>, body: unknown) {
  const { success, data } = schema.safeParse(body);
  return success ? { kind, data } : undefined;
}
