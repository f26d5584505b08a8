import { act, h } from "./dom.js";
import { markdown } from "./markdown.js";

/** Controls of a modal's fields: the element, and how to read what was filled in. */
function control(field) {
  if (field.type === 4) {
    const element = h(field.style === 2 ? "textarea" : "input", {
      value: field.value ?? "",
      placeholder: field.placeholder ?? "",
      maxLength: field.max_length ?? 4000,
      minLength: field.min_length ?? 0,
      required: field.required !== false,
    });
    return { element, read: () => element.value };
  }
  if (field.type === 23) {
    const element = h("input", { type: "checkbox", checked: field.default === true });
    return { element, read: () => element.checked };
  }
  const options = field.options ?? [];
  const several = field.type === 22 || (field.max_values ?? 1) > 1;
  const element = h(
    "select",
    { multiple: several, required: field.required !== false },
    several ? null : h("option", { value: "" }, field.placeholder ?? "Make a selection"),
    options.map(({ value, label, default: chosen }) => h("option", { value, selected: chosen === true }, label)),
  );
  return {
    element,
    read: () => [...element.selectedOptions].map(({ value }) => value).filter((value) => value !== ""),
  };
}

/** Shows the first modal that waits for the person; closes when there is none. */
export function showModal(dialog, waiting, context) {
  const [first] = waiting;
  if (first === undefined) {
    dialog.close();
    return;
  }
  if (dialog.open && dialog.dataset.opener === first.opener) return;
  dialog.dataset.opener = first.opener;
  const reads = {};
  const fields = first.modal.components.map((component) => {
    if (component.type === 10) return markdown(component.content, context.names);
    const field = component.component ?? component.components[0];
    const { element, read } = control(field);
    reads[field.custom_id] = read;
    const label = component.label ?? field.label;
    const star = field.required === false || field.type === 23 ? "" : " *";
    return h(
      "label",
      {},
      h("strong", {}, `${label}${star}`),
      component.description === undefined || component.description === null
        ? null
        : h("small", {}, component.description),
      element,
    );
  });
  const dismiss = () => void act(context, { kind: "dismiss", opener: first.opener });
  const submit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(Object.entries(reads).map(([name, read]) => [name, read()]));
    void act(context, { kind: "submit", opener: first.opener, values });
  };
  dialog.replaceChildren(
    h(
      "form",
      { onsubmit: submit },
      h("h2", {}, first.modal.title),
      fields,
      h(
        "footer",
        {},
        h("button", { type: "button", className: "button secondary", onclick: dismiss }, "Cancel"),
        h("button", { type: "submit", className: "button primary" }, "Submit"),
      ),
    ),
  );
  if (!dialog.open) dialog.showModal();
}
