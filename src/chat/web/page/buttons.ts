import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { CardAction } from "../../../core/action.ts";
import { press } from "./deeds.ts";
import { changed, model } from "./model.ts";

/** The buttons of a run or notice, and the form of the one that asks for something first. */
export function buttons(actions: readonly CardAction[], on: string): TemplateResult | typeof nothing {
  const pressing = model.pressing.get(on);
  const open = actions.find(({ id }) => id === pressing?.open);
  const problem = pressing?.problem ?? null;
  if (actions.length === 0 && problem === null) return nothing;
  // What cannot be reached cannot be told anything, and what is shown may be long past.
  const disabled = pressing?.busy === true || model.link.kind !== "live";
  return html`<div class="actions">
    ${repeat(
      actions,
      ({ id }) => id,
      ({ id, label, style, fields }) =>
        html`<button
          type="button"
          class="${style}"
          ?disabled=${disabled}
          aria-expanded=${fields.length === 0 ? nothing : String(open?.id === id)}
          @click=${() => (fields.length === 0 ? press(id, on, {}) : toggle(id, on))}
        >
          ${label}
        </button>`,
    )}
    ${open === undefined ? nothing : form(open, on, disabled)}
    ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
  </div>`;
}

function toggle(id: string, on: string): void {
  const isOpen = model.pressing.get(on)?.open === id;
  model.pressing.set(on, { open: isOpen ? null : id, busy: false, problem: null });
  changed();
  // After it was drawn.
  setTimeout(() => document.querySelector<HTMLInputElement>(`#${fieldId(on, "0")}`)?.focus());
}

const fieldId = (on: string, name: string): string => `field-${on}-${name}`;

function form({ id, label, style, fields }: CardAction, on: string, disabled: boolean): TemplateResult {
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const filled = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ""));
    void press(id, on, filled);
  };
  return html`<form class="fields" @submit=${send}>
    ${fields.map(
      ({ name, label: asked, hint, required }, at) =>
        html`<label for=${fieldId(on, String(at))}>${asked}</label>
          <input
            id=${fieldId(on, String(at))}
            name=${name}
            ?required=${required}
            aria-describedby=${fieldId(on, `${at}-hint`)}
            autocomplete=${name === "code" ? "one-time-code" : "off"}
            inputmode=${name === "code" ? "numeric" : "text"}
            autocapitalize="off"
            spellcheck=${String(name === "reason")}
          />
          <small id=${fieldId(on, `${at}-hint`)}>${hint}</small>`,
    )}
    <button type="submit" class="${style}" ?disabled=${disabled}>${label} now</button>
  </form>`;
}
