import type { CardAction } from "../../core/action.ts";
import type { CommandForm, Filled } from "../../core/desk.ts";
import type { Inside, Visit } from "./inside.ts";
import { actionModal, commandModal, filledFrom } from "./modal.ts";
import { openModal } from "./open-modal.ts";
import type { MessageShortcut, Opened, ViewSubmission } from "./payload.ts";
import { show } from "./show.ts";
import { lineField, lineModal } from "./shortcut.ts";
import { ownCommand, typedLine } from "./text.ts";

/** What Slack is told of a modal that was sent: that it closes, or what is wrong with its fields. */
type ModalAnswer =
  | { readonly response_action: "clear" }
  | { readonly response_action: "errors"; readonly errors: Readonly<Record<string, string>> };

/** Asks for what a button needs. */
export function askForFields(
  inside: Inside,
  visit: Visit,
  { action, messageId }: { readonly action: CardAction; readonly messageId: string },
  triggerId: string,
): Promise<void> {
  const metadata = metadataOf(visit, { kind: "action", id: action.id, messageId });
  return openModal(inside, triggerId, actionModal(action, metadata));
}

/** Asks for the options of a command; those that name something can be chosen from what there is. */
export async function askForOptions(inside: Inside, visit: Visit, form: CommandForm, triggerId: string): Promise<void> {
  const { command, options } = form;
  const suggested = options
    .filter(({ about }) => about === "cluster")
    .map(async ({ name: option }) => {
      const asked = { command, option, typed: "", given: {} };
      return [option, await inside.desk.complete(asked, visit.caller)] as const;
    });
  const suggestions = Object.fromEntries(await Promise.all(suggested));
  const metadata = metadataOf(visit, { kind: "command", name: command });
  await openModal(inside, triggerId, commandModal(form, suggestions, metadata));
}

/** Asks for a whole command. */
export function askForLine(inside: Inside, visit: Visit, { trigger_id }: MessageShortcut): Promise<void> {
  return openModal(inside, trigger_id, lineModal(metadataOf(visit, { kind: "line" })));
}

/**
 * What a modal is told at once. Only what can be said without waiting is said in it: the shape of options. Everything
 * else is told in private, after it has closed.
 */
export function answerSubmission({ commands, desk }: Inside, { view, user }: ViewSubmission): ModalAnswer {
  const { about, channel } = view.private_metadata;
  if (about.kind !== "command") return { response_action: "clear" };
  const command = commands.find(({ name }) => name === about.name);
  const usable = desk.commandsFor({ via: "slack", id: user.id, channel });
  // Whoever may not use it is not taught its options.
  if (command === undefined || !usable.includes(command)) return { response_action: "clear" };
  const issues = command.input.safeParse(filledFrom(view.state)).error?.issues ?? [];
  const errors = issues.flatMap(({ path: [field], message }) =>
    typeof field === "string" && field in view.state.values ? [[field, message]] : [],
  );
  return errors.length === 0
    ? { response_action: "clear" }
    : { response_action: "errors", errors: Object.fromEntries(errors) };
}

/** Does what a modal was for. */
export async function submitModal(inside: Inside, visit: Visit, { view }: ViewSubmission): Promise<void> {
  const { desk } = inside;
  const { caller } = visit;
  const { about } = view.private_metadata;
  const filled: Filled = filledFrom(view.state);
  switch (about.kind) {
    case "command":
      return show(inside, visit, await desk.use(about.name, filled, caller), null);
    case "line":
      return show(inside, visit, await desk.submit(typedLine(ownCommand, filled[lineField] ?? ""), caller), null);
    case "action": {
      const at = { place: `slack:${caller.channel}`, messageId: about.messageId };
      const receipt = await desk.press(about.id, at, filled, caller);
      if (receipt !== undefined) await show(inside, visit, receipt, null);
    }
  }
}

const metadataOf = ({ asker }: Visit, about: Opened["about"]): string => {
  const { channel, thread, responseUrl } = asker;
  return JSON.stringify({ channel, thread, responseUrl, about } satisfies Opened);
};
