import { html, nothing, type TemplateResult } from "lit-html";
import type { Completion } from "../wire.ts";
import { ask } from "./api.ts";
import { cardView, mark } from "./card-view.ts";
import { submit } from "./deeds.ts";
import { changed, model } from "./model.ts";

const none: Completion = { from: 0, items: [] };
/** What can be chosen now, and which of it is marked; -1 for none. */
let offered = none;
let marked = -1;
let busy = false;
/** Grows with every question, so that an answer that comes late changes nothing. */
let turn = 0;

/** The command line and, below it, what the last command answered. */
export function commandLine(): TemplateResult {
  const isOpen = offered.items.length > 0;
  return html`<section class="command" aria-label="Command line">
    <form @submit=${enter} autocomplete="off">
      <label for="command">Command</label>
      <input
        id="command"
        name="command"
        type="text"
        role="combobox"
        placeholder="/cluster status …"
        aria-autocomplete="list"
        aria-controls="suggestions"
        aria-expanded=${String(isOpen)}
        aria-activedescendant=${marked < 0 ? nothing : `suggestion-${marked}`}
        aria-describedby="command-keys"
        autocapitalize="off"
        spellcheck="false"
        @input=${look}
        @keydown=${key}
        @blur=${close}
      />
      <button type="submit" class="primary" ?disabled=${busy}>Run</button>
      <ul id="suggestions" role="listbox" aria-label="Suggestions" ?hidden=${!isOpen}>
        ${offered.items.map(suggestion)}
      </ul>
    </form>
    <p id="command-keys" class="unseen">Arrow keys choose, Tab completes, Escape closes the list, Enter runs.</p>
    <div aria-live="polite">
      ${model.problem === null ? nothing : html`<p class="problem">${model.problem}</p>`}
      ${
        model.answer === null
          ? nothing
          : html`<article class="card answer" id="answer">
              <h2>${mark(model.answer.state)} ${model.answer.title}</h2>
              ${cardView(model.answer, null)}
              <button type="button" class="plain" @click=${dismiss}>Close</button>
            </article>`
      }
    </div>
  </section>`;
}

function suggestion({ label, about }: Completion["items"][number], at: number): TemplateResult {
  return html`<li
    id="suggestion-${at}"
    role="option"
    aria-selected=${String(at === marked)}
    @mousedown=${(event: Event) => {
      event.preventDefault();
      choose(at);
    }}
  >
    <b>${label}</b> <span>${about}</span>
  </li>`;
}

const field = (): HTMLInputElement | null => document.querySelector("#command");

function close(): void {
  turn += 1;
  offered = none;
  marked = -1;
  changed();
}

function dismiss(): void {
  model.answer = null;
  changed();
  field()?.focus();
}

async function look(): Promise<void> {
  const input = field();
  const mine = (turn += 1);
  const line = input?.value ?? "";
  const found = line === "" ? none : await ask<Completion>("/api/complete", { line }).catch(() => none);
  if (mine !== turn) return;
  // What is there already needs no suggestion.
  const items = found.items.filter(({ value }) => value.trim() !== line.slice(found.from).trim());
  offered = { ...found, items };
  marked = -1;
  changed();
}

function choose(at: number): void {
  const item = offered.items[at];
  const input = field();
  if (item === undefined || input === null) return;
  input.value = input.value.slice(0, offered.from) + item.value;
  void look();
}

function key(event: KeyboardEvent): void {
  const { length } = offered.items;
  if (length === 0) {
    if (event.key === "ArrowDown") void look();
    return;
  }
  const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
  const move = moves[event.key];
  if (move !== undefined) {
    // One place more than there are suggestions: none is marked there.
    marked = ((marked + 1 + move + length + 1) % (length + 1)) - 1;
    changed();
    setTimeout(() => document.querySelector(`#suggestion-${marked}`)?.scrollIntoView({ block: "nearest" }));
  } else if (event.key === "Tab" && !event.shiftKey) choose(Math.max(0, marked));
  else if (event.key === "Enter" && marked >= 0) choose(marked);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
}

async function enter(event: Event): Promise<void> {
  event.preventDefault();
  const input = field();
  const text = input?.value.trim() ?? "";
  if (input === null || text === "" || busy) return;
  busy = true;
  close();
  if (await submit(text)) input.value = "";
  busy = false;
  changed();
}
