import { act, h } from "./dom.js";
import { markdown } from "./markdown.js";

const buttonStyles = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

function button(component, { context, message }) {
  const label = [component.emoji?.name, component.label].filter(Boolean).join(" ");
  const className = `button ${buttonStyles[component.style] ?? "secondary"}`;
  if (component.style === 5)
    return h("a", { className, href: component.url, target: "_blank", rel: "noreferrer" }, `${label} ↗`);
  const click = () => act(context, { kind: "click", message, component: component.custom_id });
  return h("button", { className, type: "button", disabled: component.disabled === true, onclick: click }, label);
}

/** A select; user, role and channel selects offer what the page knows. */
function select(component, { context, message, names }) {
  const known = { 5: names.users, 6: names.roles, 7: { ...names.users, ...names.roles }, 8: names.channels };
  const options =
    component.options ?? Object.entries(known[component.type] ?? {}).map(([value, label]) => ({ value, label }));
  const several = (component.max_values ?? 1) > 1;
  const choose = (event) => {
    const values = [...event.target.selectedOptions].map(({ value }) => value).filter((value) => value !== "");
    if (values.length > 0) void act(context, { kind: "select", message, component: component.custom_id, values });
  };
  return h(
    "select",
    { className: "select", multiple: several, disabled: component.disabled === true, onchange: choose },
    several ? null : h("option", { value: "" }, component.placeholder ?? "Make a selection"),
    options.map((option) =>
      h(
        "option",
        { value: option.value, selected: option.default === true, title: option.description ?? "" },
        option.label,
      ),
    ),
  );
}

function picture(item) {
  return h(
    "a",
    { href: item.media.url, target: "_blank" },
    h("img", { src: item.media.url, alt: item.description ?? "" }),
  );
}

function file({ url, name }) {
  const shown = name ?? decodeURIComponent(url.split("/").at(-1));
  return h("a", { className: "file", href: url, target: "_blank", download: shown }, shown);
}

/** One component with all that is in it, by its type. */
function draw(component, view) {
  const inside = () => component.components.map((each) => draw(each, view));
  switch (component.type) {
    case 1:
      return h("div", { className: "row" }, inside());
    case 2:
      return button(component, view);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return select(component, view);
    case 9:
      return h("div", { className: "section" }, h("div", {}, inside()), draw(component.accessory, view));
    case 10:
      return markdown(component.content, view.names);
    case 11:
      return h("div", { className: "thumbnail" }, picture(component));
    case 12:
      return h("div", { className: `gallery of${Math.min(component.items.length, 3)}` }, component.items.map(picture));
    case 13:
      return file({ url: component.file.url });
    case 14: {
      const className = `separator ${component.divider === false ? "plain" : ""} ${component.spacing === 2 ? "large" : ""}`;
      return h("div", { className });
    }
    case 17:
      return h("div", { className: "container", style: { borderLeftColor: colour(component.accent_color) } }, inside());
    default:
      return h("div", { className: "unknown" }, `component of type ${component.type}`);
  }
}

function colour(number) {
  return number === undefined || number === null ? "transparent" : `#${number.toString(16).padStart(6, "0")}`;
}

function embed(it, names) {
  return h(
    "div",
    { className: "container embed", style: { borderLeftColor: colour(it.color ?? 0x202225) } },
    it.author === undefined ? null : h("small", {}, it.author.name),
    it.title === undefined ? null : h("strong", {}, it.title),
    it.description === undefined ? null : markdown(it.description, names),
    (it.fields ?? []).map(({ name, value }) =>
      h("div", { className: "field" }, h("strong", {}, name), markdown(value, names)),
    ),
    it.footer === undefined ? null : h("small", {}, it.footer.text),
  );
}

/** A whole message: its author, its text and components, and what belongs to it. */
export function messageElement({ wire, pings, edits }, context) {
  const { names } = context;
  const view = { context, names, message: wire.id };
  const v2 = (wire.flags & (1 << 15)) !== 0;
  const ephemeral = (wire.flags & 64) !== 0;
  const loading = (wire.flags & 128) !== 0;
  const date = new Date(wire.timestamp);
  const pinged = pings.everyone || pings.users.includes(context.as);
  const by = wire.interaction_metadata?.user;
  const thread = wire.thread === undefined ? null : context.channels.find(({ id }) => id === wire.thread.id);
  return h(
    "article",
    { className: `message ${pinged ? "pinged" : ""} ${ephemeral ? "ephemeral" : ""}`, id: `message-${wire.id}` },
    h("div", { className: "avatar" }, wire.author.username.slice(0, 1).toUpperCase()),
    h(
      "div",
      { className: "body" },
      by === undefined ? null : h("div", { className: "used" }, `${by.global_name ?? by.username} used the app`),
      h(
        "div",
        { className: "author" },
        h("strong", {}, wire.author.username),
        wire.author.bot === true ? h("span", { className: "badge" }, "APP") : null,
        h("time", { title: date.toISOString() }, date.toLocaleTimeString("en", { timeStyle: "short" })),
        wire.pinned ? h("span", { className: "badge" }, "PINNED") : null,
      ),
      loading ? h("div", { className: "thinking" }, `${wire.author.username} is thinking…`) : null,
      wire.content === "" ? null : markdown(wire.content, names),
      wire.embeds.map((each) => embed(each, names)),
      (wire.components ?? []).map((each) => draw(each, view)),
      v2 ? null : wire.attachments.map((each) => attachment(each)),
      edits > 0 && wire.edited_timestamp !== null ? h("small", { className: "edited" }, "(edited)") : null,
      ephemeral ? h("small", { className: "only" }, "Only you can see this") : null,
      thread === null || thread === undefined
        ? null
        : h(
            "button",
            { className: "thread", type: "button", onclick: () => context.go(thread.id) },
            `↳ ${thread.name}`,
          ),
    ),
  );
}

function attachment({ url, filename, content_type: type, description }) {
  return type?.startsWith("image/") === true ? picture({ media: { url }, description }) : file({ url, name: filename });
}
