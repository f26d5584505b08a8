import type { Person } from "../person.ts";
import { isShape, shapesIn, textOf } from "../shape.ts";
import type { FakeSlack } from "../slack.ts";
import type { FakeMessage } from "../workspace.ts";
import { blocksHtml } from "./blocks-html.ts";
import { emojiNamed, escape, Markup } from "./markup.ts";

/** Where somebody looks: a channel or `home`, and perhaps a thread. */
export interface Look {
  readonly who: string;
  readonly at: string;
  readonly thread: string | null;
}

/** The parts of the page that change, as HTML. */
export interface Frames {
  readonly channels: string;
  readonly title: string;
  readonly main: string;
  readonly thread: string;
  readonly modal: string;
}

function avatar(name: string): string {
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 12;
  return `<div class="avatar hue${hue}">${escape(name.slice(0, 1))}</div>`;
}

/** One message as a given person sees it. */
function messageHtml(slack: FakeSlack, message: FakeMessage, inThread: boolean): string {
  const markup = new Markup(slack.world);
  const name = message.user === null ? "Slackbot" : (slack.world.users.get(message.user)?.realName ?? message.user);
  const badge = message.botId === null && message.user !== null ? "" : '<span class="badge">APP</span>';
  const time = new Date(Number(message.ts) * 1000).toTimeString().slice(0, 5);
  const body = message.blocks.length > 0 ? blocksHtml(message.blocks, markup) : markup.mrkdwn(message.text);
  // Slack marks an edit only when there are no blocks.
  const edited =
    message.versions.length > 1 && message.blocks.length === 0 ? '<small class="muted">(edited)</small>' : "";
  const replies = inThread ? 0 : slack.thread(message.ts).length;
  const below = [
    ...message.files.map((file) => `<div class="file">📄 ${escape(file.title ?? file.name)}</div>`),
    ...(message.reactions.length === 0
      ? []
      : [
          `<div class="reactions">${message.reactions.map((each) => `<span>${emojiNamed(each)} 1</span>`).join("")}</div>`,
        ]),
    ...(replies === 0
      ? []
      : [
          `<button class="replies" data-act="thread" data-ts="${message.ts}">${replies} ${replies === 1 ? "reply" : "replies"}</button>`,
        ]),
  ];
  const only = message.onlyFor === null ? "" : '<div class="only">👁 Only visible to you</div>';
  const pin = message.pinned ? '<div class="only">📌 Pinned</div>' : "";
  const menu = inThread || message.onlyFor !== null ? "" : messageMenu(slack, message);
  return `<article class="message${only === "" ? "" : " ephemeral"}" data-ts="${message.ts}">${avatar(name)}<div class="grow">${only}${pin}<div class="by"><b>${escape(name)}</b>${badge}<time>${time}</time></div><div class="body">${body}${edited}</div>${below.join("")}</div>${menu}</article>`;
}

function messageMenu(slack: FakeSlack, { ts }: FakeMessage): string {
  const shortcuts = Object.entries(slack.messageShortcuts).map(
    ([id, label]) => `<button data-act="shortcut" data-name="${escape(id)}">${escape(label)}</button>`,
  );
  return `<div class="menu"><button data-act="thread" data-ts="${ts}">Reply in thread</button>${shortcuts.join("")}</div>`;
}

function visible(slack: FakeSlack, who: string, channel: string): FakeMessage[] {
  return slack.world.messages.filter(
    (each) => each.channel === channel && !each.deleted && (each.onlyFor === null || each.onlyFor === who),
  );
}

function channelList(slack: FakeSlack, { who, at }: Look): string {
  const mine = [...slack.world.channels.values()].filter(({ members, kind }) => kind === "public" || members.has(who));
  const row = (id: string, label: string): string =>
    `<button class="${id === at ? "here" : ""}" data-act="go" data-at="${escape(id)}">${escape(label)}</button>`;
  const sign = { public: "#", private: "🔒", shared: "⇄", im: "●" };
  const rows = mine.map(({ id, name, kind, archived }) =>
    row(id, `${sign[kind]} ${name}${archived ? " (archived)" : ""}`),
  );
  return `<h2>Channels</h2>${rows.join("")}<h2>Apps</h2>${row("home", slack.world.population.appName)}`;
}

function modalHtml(slack: FakeSlack, person: Person): string {
  const { modal } = person;
  if (modal === null) return "";
  const { view, id, hash } = modal;
  const submit = isShape(view.submit)
    ? `<button class="button primary" type="submit">${escape(textOf(view.submit, "text") ?? "")}</button>`
    : "";
  const close = escape(textOf(view.close, "text") ?? "Cancel");
  const blocks = blocksHtml(shapesIn(view.blocks), new Markup(slack.world));
  const title = escape(textOf(view.title, "text") ?? "");
  return `<div role="dialog" aria-modal="true" aria-label="${title}"><form class="modal" data-view="${id}" data-hash="${escape(hash)}"><header><h3>${title}</h3></header><div class="body">${blocks}</div><footer><button class="button" type="button" data-act="close">${close}</button>${submit}</footer></form></div>`;
}

/** Everything that a person sees there. */
export function framesFor(slack: FakeSlack, look: Look): Frames {
  const person = slack.as(look.who);
  const channels = channelList(slack, look);
  const modal = modalHtml(slack, person);
  if (look.at === "home") {
    const home = person.home;
    const blocks = home === null ? [] : shapesIn(home.view.blocks);
    const main =
      home === null
        ? '<p class="muted">The app has not shown anything here yet.</p>'
        : `<div class="home" data-view="${home.id}">${blocksHtml(blocks, new Markup(slack.world))}</div>`;
    return { channels, title: `${escape(slack.world.population.appName)} · Home`, main, thread: "", modal };
  }
  const seen = visible(slack, look.who, look.at);
  const main = seen
    .filter(({ threadTs }) => threadTs === null)
    .map((each) => messageHtml(slack, each, false))
    .join("");
  const thread =
    look.thread === null
      ? ""
      : seen
          .filter(({ ts, threadTs }) => ts === look.thread || threadTs === look.thread)
          .map((each) => messageHtml(slack, each, true))
          .join("");
  return { channels, title: `# ${escape(slack.world.channels.get(look.at)?.name ?? look.at)}`, main, thread, modal };
}
