import { isShape, shapesIn, textOf, type Shape } from "../shape.ts";
import { escape, type Markup } from "./markup.ts";

const nameOf = (element: Shape): string => escape(textOf(element, "action_id") ?? "");

function confirmOf(element: Shape): string {
  const { confirm } = element;
  return isShape(confirm) ? ` data-confirm="${escape(JSON.stringify(confirm))}"` : "";
}

function optionsOf(element: Shape, initial: string): string {
  const one = (option: Shape): string => {
    const value = textOf(option, "value") ?? "";
    const chosen = value === initial ? " selected" : "";
    return `<option value="${escape(value)}"${chosen}>${escape(textOf(option.text, "text") ?? "")}</option>`;
  };
  const groups = shapesIn(element.option_groups).map(
    (group) =>
      `<optgroup label="${escape(textOf(group.label, "text") ?? "")}">${shapesIn(group.options).map(one).join("")}</optgroup>`,
  );
  return shapesIn(element.options).map(one).join("") + groups.join("");
}

/** A control that tells at once has no label beside it, so that its name is its placeholder. */
const liveOnly = (element: Shape): string =>
  ` data-act="choose" aria-label="${escape(textOf(element.placeholder, "text") ?? "Choose")}"`;

function select(element: Shape, live: boolean): string {
  const several = element.type === "multi_static_select" ? " multiple" : "";
  const unchosen = element.type === "overflow" ? "…" : (textOf(element.placeholder, "text") ?? "Choose");
  const empty = `<option value="">${escape(unchosen)}</option>`;
  const options = optionsOf(element, textOf(element.initial_option, "value") ?? "");
  const act = live ? liveOnly(element) : "";
  return `<select name="${nameOf(element)}" data-name="${nameOf(element)}"${act}${confirmOf(element)}${several}>${several === "" ? empty : ""}${options}</select>`;
}

function choices(element: Shape, markup: Markup, live: boolean): string {
  const type = element.type === "checkboxes" ? "checkbox" : "radio";
  const act = live ? ' data-act="choose"' : "";
  const initial = [element.initial_option, ...shapesIn(element.initial_options)].map((each) => textOf(each, "value"));
  return shapesIn(element.options)
    .map((option) => {
      const value = textOf(option, "value") ?? "";
      const on = initial.includes(value) ? " checked" : "";
      const hint = option.description === undefined ? "" : `<small>${markup.text(option.description)}</small>`;
      return `<label class="choice"><input type="${type}" name="${nameOf(element)}" data-name="${nameOf(element)}" value="${escape(value)}"${on}${act}> ${markup.text(option.text)}${hint}</label>`;
    })
    .join("");
}

const inputTypes: Readonly<Record<string, string>> = {
  datepicker: "date",
  timepicker: "time",
  number_input: "number",
  email_text_input: "email",
  url_text_input: "url",
};

function field(element: Shape, live: boolean): string {
  const initial = ["value", "date", "time", "user", "channel", "conversation"]
    .map((name) => textOf(element, `initial_${name}`))
    .find((each) => each !== undefined);
  const hint = escape(textOf(element.placeholder, "text") ?? "");
  const act = live ? liveOnly(element) : "";
  const common = `name="${nameOf(element)}" data-name="${nameOf(element)}" placeholder="${hint}"${act}`;
  if (element.multiline === true) return `<textarea ${common} rows="4">${escape(initial ?? "")}</textarea>`;
  return `<input type="${inputTypes[String(element.type)] ?? "text"}" ${common} value="${escape(initial ?? "")}">`;
}

/** A control. `live` ones tell the app at once; the others wait until the modal is submitted. */
function control(element: Shape, markup: Markup, live: boolean): string {
  switch (element.type) {
    case "button": {
      const url = textOf(element, "url");
      const look = `class="button ${escape(textOf(element, "style") ?? "")}"`;
      const go = url === undefined ? "" : ` data-url="${escape(url)}"`;
      return `<button type="button" ${look} data-act="press" data-name="${nameOf(element)}"${confirmOf(element)}${go}>${markup.text(element.text)}</button>`;
    }
    case "image":
      return `<img class="small" src="${escape(textOf(element, "image_url") ?? "")}" alt="${escape(textOf(element, "alt_text") ?? "")}">`;
    case "overflow":
    case "static_select":
    case "multi_static_select":
      return select(element, live);
    case "checkboxes":
    case "radio_buttons":
      return choices(element, markup, live);
    default:
      return field(element, live);
  }
}

function table(block: Shape, markup: Markup): string {
  const rows = Array.isArray(block.rows) ? block.rows : [];
  const settings = Array.isArray(block.column_settings) ? block.column_settings : [];
  const html = rows.map((row: unknown, line) => {
    const tag = line === 0 ? "th" : "td";
    const cells = shapesIn(row).map((cell, column) => {
      const align = textOf(settings[column], "align") ?? "left";
      const inner = cell.type === "rich_text" ? markup.rich(cell) : escape(textOf(cell, "text") ?? "");
      return `<${tag} class="${escape(align)}">${inner}</${tag}>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table>${html.join("")}</table>`;
}

function section(block: Shape, markup: Markup): string {
  const text = block.text === undefined ? "" : `<div class="text">${markup.text(block.text)}</div>`;
  const fields = shapesIn(block.fields).map((each) => `<div>${markup.text(each)}</div>`);
  const grid = fields.length === 0 ? "" : `<div class="fields">${fields.join("")}</div>`;
  const side = isShape(block.accessory) ? `<div class="side">${control(block.accessory, markup, true)}</div>` : "";
  return `<div class="section"><div class="grow">${text}${grid}</div>${side}</div>`;
}

function input(block: Shape, markup: Markup): string {
  const optional = block.optional === true ? ' <small class="muted">(optional)</small>' : "";
  const element = isShape(block.element) ? block.element : {};
  const html = control(element, markup, block.dispatch_action === true);
  const hint = block.hint === undefined ? "" : `<small class="muted">${markup.text(block.hint)}</small>`;
  const label = `${markup.text(block.label)}${optional}`;
  return element.type === "checkboxes" || element.type === "radio_buttons"
    ? `<fieldset class="input"><legend>${label}</legend>${html}${hint}</fieldset>`
    : `<label class="input"><b>${label}</b>${html}${hint}</label>`;
}

/** Where the browser finds a picture: in the net, or among the files that were uploaded. */
function sourceOf({ image_url: url, slack_file: file }: Shape): string {
  if (typeof url === "string") return url;
  return isShape(file) ? `/page/files/${encodeURIComponent(textOf(file, "id") ?? "")}` : "";
}

function one(block: Shape, markup: Markup): string {
  const elements = shapesIn(block.elements);
  switch (block.type) {
    case "section":
      return section(block, markup);
    case "header":
      return `<h3>${markup.text(block.text)}</h3>`;
    case "divider":
      return "<hr>";
    case "context":
      return `<div class="context">${elements.map((each) => (each.type === "image" ? control(each, markup, true) : `<span>${markup.text(each)}</span>`)).join("")}</div>`;
    case "actions":
      return `<div class="actions">${elements.map((each) => control(each, markup, true)).join("")}</div>`;
    case "image":
      return `<figure><figcaption>${markup.text(block.title)}</figcaption><img src="${escape(sourceOf(block))}" alt="${escape(textOf(block, "alt_text") ?? "")}"></figure>`;
    case "input":
      return input(block, markup);
    case "rich_text":
      return markup.rich(block);
    case "table":
      return table(block, markup);
    case "alert":
      return `<div class="alert ${escape(textOf(block, "level") ?? "default")}">${markup.text(block.text)}</div>`;
    default:
      return `<div class="text">${markup.mrkdwn(textOf(block, "text") ?? "")}</div>`;
  }
}

/** Blocks as HTML; controls carry their action id, and the block around them its id. */
export function blocksHtml(blocks: readonly Shape[], markup: Markup): string {
  return blocks
    .map(
      (block) =>
        `<div class="block" data-block="${escape(textOf(block, "block_id") ?? "")}">${one(block, markup)}</div>`,
    )
    .join("");
}
