import { h } from "./dom.js";

/** Discord's inline markup, the earliest match first; each makes an element of what stands inside. */
const inline = [
  [/```(?:[a-z]*\n)?([\s\S]*?)```/, (match) => h("pre", {}, h("code", {}, match[1]))],
  [/`([^`\n]+)`/, (match) => h("code", {}, match[1])],
  // As simple-markdown has it, which Discord's clients use: whatever is neither letter, digit nor blank can be escaped.
  [/\\([^0-9A-Za-z\s])/, (match) => match[1]],
  [/\|\|([\s\S]+?)\|\|/, (match, go) => h("span", { className: "spoiler" }, go(match[1]))],
  [/\*\*([\s\S]+?)\*\*/, (match, go) => h("strong", {}, go(match[1]))],
  [/__([\s\S]+?)__/, (match, go) => h("u", {}, go(match[1]))],
  [/~~([\s\S]+?)~~/, (match, go) => h("s", {}, go(match[1]))],
  [/\*([^*\n]+)\*/, (match, go) => h("em", {}, go(match[1]))],
  [/(?<!\w)_([^_\n]+)_(?!\w)/, (match, go) => h("em", {}, go(match[1]))],
  [/\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/, (match, go) => link(match[2], go(match[1]))],
  [/<?(https?:\/\/[^\s<>]+)>?/, (match) => link(match[1], [match[1]])],
  [/<@&(\d+)>/, (match, _go, names) => mention(`@${names.roles[match[1]] ?? "unknown-role"}`)],
  [/<@!?(\d+)>/, (match, _go, names) => mention(`@${names.users[match[1]] ?? "unknown-user"}`)],
  [/<#(\d+)>/, (match, _go, names) => mention(`#${names.channels[match[1]] ?? "unknown"}`)],
  [/@(?:everyone|here)\b/, (match) => mention(match[0])],
  [/<t:(\d+)(?::([tTdDfFR]))?>/, (match) => time(Number(match[1]), match[2] ?? "f")],
];

function link(href, content) {
  return h("a", { href, target: "_blank", rel: "noreferrer" }, content);
}

function mention(text) {
  return h("span", { className: "mention" }, text);
}

function time(seconds, style) {
  const date = new Date(seconds * 1000);
  const shapes = {
    t: { timeStyle: "short" },
    T: { timeStyle: "medium" },
    d: { dateStyle: "short" },
    D: { dateStyle: "long" },
    F: { dateStyle: "full", timeStyle: "short" },
  };
  const text =
    style === "R"
      ? relative(seconds)
      : date.toLocaleString("en", shapes[style] ?? { dateStyle: "long", timeStyle: "short" });
  return h("span", { className: "time", title: date.toLocaleString("en") }, text);
}

function relative(seconds) {
  const away = seconds - Date.now() / 1000;
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, size] = units.find(([, each]) => Math.abs(away) >= each) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en").format(Math.round(away / size), unit);
}

function spans(text, names) {
  const found = inline
    .map(([pattern, make]) => ({ match: pattern.exec(text), make }))
    .filter(({ match }) => match !== null)
    .toSorted((a, b) => a.match.index - b.match.index)[0];
  if (found === undefined) return text === "" ? [] : [text];
  const { match, make } = found;
  const after = text.slice(match.index + match[0].length);
  const made = make(match, (inner) => spans(inner, names), names);
  return [...(match.index > 0 ? [text.slice(0, match.index)] : []), made, ...spans(after, names)];
}

/** What begins a line. */
const lines = [
  [/^(#{1,3}) (.+)/, (match, go) => h(`h${match[1].length}`, {}, go(match[2]))],
  [/^-# (.+)/, (match, go) => h("small", { className: "subtext" }, go(match[1]))],
  [/^> ?(.*)/, (match, go) => h("blockquote", {}, go(match[1]))],
  [
    /^( *)[-*] (.+)/,
    (match, go) => h("div", { className: "item", style: { marginLeft: `${match[1].length * 8}px` } }, go(match[2])),
  ],
];

/** Text of a message as elements: the part of Discord's markdown that bots use. */
export function markdown(text, names) {
  const go = (inner) => spans(inner, names);
  const parts = text.split(/(```[\s\S]*?```)/);
  const made = parts.flatMap((part) => {
    if (part.startsWith("```")) return go(part);
    const whole = part.replaceAll(/^\n|\n$/g, "");
    if (whole === "") return [];
    return whole.split("\n").map((line) => {
      const found = lines
        .map(([pattern, make]) => ({ match: pattern.exec(line), make }))
        .find(({ match }) => match !== null);
      return found === undefined
        ? h("div", { className: "line" }, line === "" ? h("br") : go(line))
        : found.make(found.match, go);
    });
  });
  return h("div", { className: "markdown" }, made);
}
