import { act, h } from "./dom.js";

/** Every command that can be used, with the way to it: `cluster build`. */
function leaves(commands) {
  const walk = (name, { description, options }) => {
    const subs = (options ?? []).filter(({ type }) => type === 1 || type === 2);
    if (subs.length > 0) return subs.flatMap((sub) => walk(`${name} ${sub.name}`, sub));
    return [{ name, description, options: options ?? [] }];
  };
  return commands.filter(({ type }) => type === 1).flatMap((command) => walk(command.name, command));
}

/** What an option is filled in with, and what that reads. */
function field(option, command, values, context) {
  const known = { 6: context.names.users, 7: context.names.channels, 8: context.names.roles };
  const listed = known[option.type];
  const choices =
    listed !== undefined
      ? Object.entries(listed).map(([value, name]) => ({ value, name }))
      : option.type === 5
        ? [true, false].map((value) => ({ value, name: String(value) }))
        : (option.choices ?? []);
  const set = (value) => {
    if (value === "" || value === undefined) delete values[option.name];
    else values[option.name] = value;
  };
  if (choices.length > 0)
    return h(
      "select",
      { onchange: (event) => set(choices[Number(event.target.value)]?.value) },
      h("option", { value: "" }, option.required === true ? "choose" : "—"),
      choices.map(({ name }, at) => h("option", { value: String(at) }, name)),
    );
  const number = option.type === 4 || option.type === 10;
  const proposals = h("div", { className: "proposals" });
  const input = h("input", { type: number ? "number" : "text", placeholder: option.description });
  const propose = async () => {
    if (option.autocomplete !== true) return;
    const typed = { ...values, [option.name]: input.value };
    const answer = await act(context, { kind: "complete", command, values: typed, focused: option.name });
    if (document.activeElement !== input) return;
    const items = (answer?.choices ?? []).map(({ name, value }) => {
      const take = (event) => {
        event.preventDefault();
        input.value = String(value);
        set(value);
        proposals.replaceChildren();
      };
      return h("button", { type: "button", onmousedown: take }, name);
    });
    proposals.replaceChildren(...items);
  };
  input.addEventListener("input", () => {
    set(number && input.value !== "" ? Number(input.value) : input.value);
    void propose();
  });
  input.addEventListener("focus", () => void propose());
  input.addEventListener("blur", () => proposals.replaceChildren());
  return h("span", { className: "typed" }, input, proposals);
}

/** The line at the bottom: choose a command by typing, fill its options in, send. */
export function startComposer(place, context) {
  const pick = (command) => {
    const values = {};
    const options = command.options.map((option) =>
      h(
        "label",
        { className: "option" },
        h("span", {}, `${option.name}${option.required === true ? " *" : ""}`),
        field(option, command.name, values, context),
      ),
    );
    const submit = async (event) => {
      event.preventDefault();
      const sent = await act(context, { kind: "command", command: command.name, values });
      if (sent !== null) begin();
    };
    const back = h(
      "button",
      { type: "button", className: "back", title: "another command", onclick: () => begin() },
      "✕",
    );
    const send = h("button", { type: "submit", className: "button primary" }, "Send");
    place.replaceChildren(
      h("form", { onsubmit: submit, autocomplete: "off" }, back, h("strong", {}, `/${command.name}`), ...options, send),
    );
    (place.querySelector("label input, label select") ?? send).focus();
  };
  const begin = () => {
    const list = h("div", { className: "commands" });
    const input = h("input", { className: "slash", placeholder: "Type / for commands" });
    const found = () => {
      const words = input.value.replace(/^\//, "").trim().toLowerCase();
      return input.value === "" ? [] : leaves(context.commands).filter(({ name }) => name.includes(words));
    };
    input.addEventListener("input", () => {
      const items = found().map((command) =>
        h(
          "button",
          { type: "button", onclick: () => pick(command) },
          h("strong", {}, `/${command.name}`),
          h("small", {}, command.description ?? ""),
        ),
      );
      list.replaceChildren(...items);
    });
    const submit = (event) => {
      event.preventDefault();
      const [first] = found();
      if (first !== undefined) pick(first);
      else context.notice("There is no such command here, or the bot has not registered it.");
    };
    place.replaceChildren(h("form", { onsubmit: submit, autocomplete: "off" }, list, input));
    input.focus();
  };
  begin();
}
