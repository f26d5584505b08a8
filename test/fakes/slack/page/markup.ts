import { isShape, shapesIn, textOf, type Shape } from "../shape.ts";
import type { Workspace } from "../workspace.ts";

/** Text for HTML, also inside of attributes. */
export function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Slack's three entities, as they are meant. */
const decode = (text: string): string => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const emoji: Readonly<Record<string, string>> = {
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  x: "❌",
  warning: "⚠️",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  rotating_light: "🚨",
  no_entry: "⛔",
  no_entry_sign: "🚫",
  lock: "🔒",
  unlock: "🔓",
  key: "🔑",
  rocket: "🚀",
  eyes: "👀",
  large_green_circle: "🟢",
  large_yellow_circle: "🟡",
  large_blue_circle: "🔵",
  red_circle: "🔴",
  white_circle: "⚪",
  black_circle: "⚫",
  arrow_right: "➡️",
  arrows_counterclockwise: "🔄",
  information_source: "ℹ️",
  wave: "👋",
  tada: "🎉",
  thumbsup: "👍",
  thumbsdown: "👎",
  double_vertical_bar: "⏸️",
  octagonal_sign: "🛑",
  bell: "🔔",
  stopwatch: "⏱️",
};

/** A name between colons as a picture; one that is not known here stays as it is. */
export function emojiNamed(name: string): string {
  return emoji[name] ?? `:${name}:`;
}

const named = (text: string): string => text.replaceAll(/:([a-z0-9_+-]+):/g, (_all, name: string) => emojiNamed(name));

const mention = (text: string): string => `<span class="mention">${escape(text)}</span>`;

function link(url: string, label: string): string {
  return /^(?:https?|mailto):/i.test(url)
    ? `<a href="${escape(url)}" target="_blank" rel="noreferrer">${escape(label)}</a>`
    : escape(label);
}

/** Names of people, channels and groups as everybody sees them. */
export class Markup {
  readonly #world: Workspace;

  constructor(world: Workspace) {
    this.#world = world;
  }

  user(id: string): string {
    return mention(`@${this.#world.users.get(id)?.realName ?? id}`);
  }

  channel(id: string): string {
    return mention(`#${this.#world.channels.get(id)?.name ?? id}`);
  }

  group(id: string): string {
    return mention(`@${this.#world.population.userGroups[id] ?? id}`);
  }

  #token(token: string): string {
    const [target = "", label] = token.split("|", 2);
    if (target.startsWith("@")) return this.user(target.slice(1));
    if (target.startsWith("#")) return this.channel(target.slice(1));
    if (target.startsWith("!subteam^")) return this.group(target.slice("!subteam^".length));
    if (target.startsWith("!date^")) return escape(decode(label ?? target));
    if (target.startsWith("!")) return mention(`@${target.slice(1)}`);
    return link(decode(target), decode(label ?? target));
  }

  /** Plain text; only emoji names are looked at. */
  plain(text: string): string {
    return escape(named(text)).replaceAll("\n", "<br>");
  }

  /** Slack's own markup. */
  mrkdwn(text: string): string {
    return text
      .split(/```\n?([^]*?)\n?```/)
      .map((part, index) => (index % 2 === 1 ? `<pre>${escape(decode(part))}</pre>` : this.#lines(part)))
      .join("");
  }

  #lines(text: string): string {
    return text
      .split("\n")
      .map((line) => {
        const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line)?.[1];
        return quoted === undefined ? `${this.#inline(line)}<br>` : `<blockquote>${this.#inline(quoted)}</blockquote>`;
      })
      .join("")
      .replace(/<br>$/, "");
  }

  #inline(line: string): string {
    const kept: string[] = [];
    const keep = (html: string): string => `\uE000${kept.push(html) - 1}\uE001`;
    const held = line
      .replaceAll(/`([^`]+)`/g, (_all, code: string) => keep(`<code>${escape(decode(code))}</code>`))
      .replaceAll(/<([^<>]+)>/g, (_all, token: string) => keep(this.#token(token)));
    const emphasised = [
      ["*", "b"],
      ["_", "i"],
      ["~", "s"],
    ].reduce(
      (html, [mark = "", tag = ""]) => {
        const span = new RegExp(
          `(^|[\\s("'*_~])\\${mark}([^\\s\\${mark}](?:[^\\${mark}]*[^\\s\\${mark}])?)\\${mark}(?![\\w])`,
          "g",
        );
        return html.replaceAll(span, `$1<${tag}>$2</${tag}>`);
      },
      escape(named(decode(held))),
    );
    return emphasised.replaceAll(/\uE000(\d+)\uE001/g, (_all, index: string) => kept[Number(index)] ?? "");
  }

  /** Plain text or mrkdwn, by its type. */
  text(object: unknown): string {
    const text = textOf(object, "text") ?? "";
    return isShape(object) && object.type === "mrkdwn" ? this.mrkdwn(text) : this.plain(text);
  }

  /** A `rich_text` block. */
  rich(block: Shape): string {
    return shapesIn(block.elements)
      .map((part) => {
        const inner = (): string =>
          shapesIn(part.elements)
            .map((each) => this.#element(each))
            .join("");
        if (part.type === "rich_text_preformatted") return `<pre>${inner()}</pre>`;
        if (part.type === "rich_text_quote") return `<blockquote>${inner()}</blockquote>`;
        if (part.type !== "rich_text_list") return `<div class="line">${inner()}</div>`;
        const items = shapesIn(part.elements).map(
          (item) =>
            `<li>${shapesIn(item.elements)
              .map((each) => this.#element(each))
              .join("")}</li>`,
        );
        const tag = part.style === "ordered" ? "ol" : "ul";
        return `<${tag} class="indent${Number(part.indent ?? 0)}">${items.join("")}</${tag}>`;
      })
      .join("");
  }

  #element(element: Shape): string {
    const html = this.#bare(element);
    const style = isShape(element.style) ? element.style : {};
    return [
      ["bold", "b"],
      ["italic", "i"],
      ["strike", "s"],
      ["underline", "u"],
      ["code", "code"],
    ].reduce((inner, [name = "", tag = ""]) => (style[name] === true ? `<${tag}>${inner}</${tag}>` : inner), html);
  }

  #bare(element: Shape): string {
    const field = (name: string): string => textOf(element, name) ?? "";
    switch (element.type) {
      case "text":
        return escape(field("text")).replaceAll("\n", "<br>");
      case "link":
        return link(field("url"), field("text") || field("url"));
      case "user":
        return this.user(field("user_id"));
      case "usergroup":
        return this.group(field("usergroup_id"));
      case "channel":
        return this.channel(field("channel_id"));
      case "broadcast":
        return mention(`@${field("range")}`);
      case "emoji":
        return emojiNamed(field("name"));
      case "color":
        return escape(field("value"));
      case "date":
        return escape(new Date(Number(element.timestamp) * 1000).toISOString().slice(0, 16).replace("T", " "));
      default:
        return escape(field("fallback"));
    }
  }
}
