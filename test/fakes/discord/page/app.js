import { messageElement } from "./components.js";
import { startComposer } from "./composer.js";
import { act, h } from "./dom.js";
import { showModal } from "./modal.js";

const at = (id) => document.querySelector(`#${id}`);
const query = new URLSearchParams(location.search);

/** Who looks at which channel, and what the stand-in last told. */
const context = {
  as: query.get("as") ?? "100000000000000501",
  in: query.get("in") ?? "100000000000000800",
  commands: [],
  channels: [],
  names: { users: {}, roles: {}, channels: {} },
  notice: (text) => at("notice").replaceChildren(text),
  go: (id) => look(context.as, id),
};
let drawn = "";

function look(as, channel) {
  Object.assign(context, { as, in: channel });
  history.replaceState(null, "", `?as=${as}&in=${channel}`);
  context.notice("");
  void refresh().then(() => startComposer(at("composer"), context));
}

function drawChannels({ people, channels, botListens, wrongs }) {
  const choose = h(
    "select",
    { onchange: (event) => look(event.target.value, context.in) },
    people.map(({ id, name }) => h("option", { value: id, selected: id === context.as }, name)),
  );
  const guilds = [...new Set(channels.map(({ guild }) => guild))];
  const entry = ({ id, name, parentId, closed }) =>
    h(
      "button",
      {
        type: "button",
        className: `${id === context.in ? "here" : ""} ${parentId === null ? "" : "sub"}`,
        onclick: () => look(context.as, id),
      },
      `${parentId === null ? "#" : "↳"} ${name}${closed === null ? "" : ` (${closed})`}`,
    );
  const tree = (guild) =>
    channels
      .filter((each) => each.guild === guild && each.parentId === null)
      .flatMap((each) => [entry(each), ...channels.filter(({ parentId }) => parentId === each.id).map(entry)]);
  at("channels").replaceChildren(
    ...guilds.flatMap((guild) => [h("h2", {}, guild), ...tree(guild)]),
    h("div", { className: "who" }, h("label", {}, "I am ", choose)),
    h(
      "div",
      { className: botListens ? "state on" : "state" },
      botListens ? "the bot is listening" : "no bot is listening",
    ),
    wrongs.length === 0
      ? ""
      : h(
          "details",
          { className: "wrongs" },
          h("summary", {}, `${wrongs.length} wrong`),
          wrongs.map((line) => h("p", {}, line)),
        ),
  );
}

/** Interactions that nobody acknowledged in three seconds. */
function drawPending({ pending, now }) {
  const late = pending.filter((each) => each.in === context.in && now - each.at > 3000 && now - each.at < 30_000);
  if (late.length > 0) context.notice("The application did not respond");
  const young = pending.find((each) => now - each.at <= 3000);
  if (young !== undefined) setTimeout(() => void refresh(), 3100);
}

async function refresh() {
  const answer = await fetch(`/page/state?as=${context.as}&in=${context.in}`);
  const state = await answer.json();
  const { commands, channels, users, roles, messages, modals } = state;
  const names = { users, roles, channels: Object.fromEntries(channels.map(({ id, name }) => [id, name])) };
  Object.assign(context, { commands, channels, names });
  drawChannels(state);
  drawPending(state);
  showModal(at("modal"), modals, context);
  const here = channels.find(({ id }) => id === context.in);
  at("title").replaceChildren(
    h("strong", {}, here === undefined ? "not to be seen" : `# ${here.name}`),
    h("span", {}, here?.topic ?? ""),
  );
  const shown = JSON.stringify([context.as, context.in, messages, channels]);
  if (shown === drawn) return;
  drawn = shown;
  const list = at("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.replaceChildren(...messages.map((each) => messageElement(each, context)));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

look(context.as, context.in);
at("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  void act(context, { kind: "dismiss", opener: event.target.dataset.opener });
});
new EventSource("/page/events").addEventListener("message", () => void refresh());
