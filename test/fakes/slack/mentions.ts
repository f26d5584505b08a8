import { isShape, textOf, walk } from "./shape.ts";

/** Who or what a text would make a sound for. */
export interface Mention {
  /** `U…`, `S…`, `here`, `channel` or `everyone`. */
  readonly target: string;
  /** Where it stands: the message's text, or a JSON pointer into its blocks. */
  readonly where: string;
}

const marked = /<(?:@([UW][A-Z0-9]+)|!(here|channel|everyone)|!subteam\^(S[A-Z0-9]+))(?:\|[^>]*)?>/g;

/** Mentions in mrkdwn, also inside of code: Slack parses them before it formats. */
function inMrkdwn(text: string, where: string): Mention[] {
  return [...text.matchAll(marked)].map(([, user, broadcast, group]) => ({
    target: user ?? broadcast ?? group ?? "",
    where,
  }));
}

/** Bare `@here` and `@handle`, which count only with `link_names` or `parse=full`. */
function inNames(text: string, groups: Readonly<Record<string, string>>): Mention[] {
  const targets = new Map(Object.entries(groups).map(([id, handle]) => [handle, id]));
  for (const broadcast of ["here", "channel", "everyone"]) targets.set(broadcast, broadcast);
  return [...text.matchAll(/(?<![\w<])@([\w.-]+)/g)].flatMap(([, name = ""]) => {
    const target = targets.get(name);
    return target === undefined ? [] : [{ target, where: "text" }];
  });
}

/**
 * Everything in a message that pings. Plain text, raw table cells and `text` elements of rich text cannot; `mrkdwn`,
 * `markdown` blocks and the typed elements `user`, `usergroup` and `broadcast` can.
 */
export function mentionsIn(
  text: string,
  blocks: unknown,
  linkNames: boolean,
  groups: Readonly<Record<string, string>>,
): Mention[] {
  const found = inMrkdwn(text, "text");
  if (linkNames) found.push(...inNames(text, groups));
  for (const [shape, pointer] of walk(blocks)) {
    const where = `blocks${pointer}`;
    if (shape.type === "mrkdwn" || shape.type === "markdown")
      found.push(...inMrkdwn(textOf(shape, "text") ?? "", where));
    const target = isShape(shape) ? typedTarget(shape.type, shape) : undefined;
    if (target !== undefined) found.push({ target, where });
  }
  return found;
}

function typedTarget(type: unknown, element: Record<string, unknown>): string | undefined {
  if (type === "user") return textOf(element, "user_id");
  if (type === "usergroup") return textOf(element, "usergroup_id");
  return type === "broadcast" ? textOf(element, "range") : undefined;
}
