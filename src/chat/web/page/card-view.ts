import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Card, CardState, CardStep } from "../../../core/card.ts";
import type { Table } from "../../../core/table.ts";
import type { PictureLine } from "../wire.ts";
import { buttons } from "./buttons.ts";
import { now } from "./model.ts";
import { spell } from "./time.ts";

const marks: Record<CardState, readonly [sign: string, words: string]> = {
  waiting: ["·", "waiting"],
  running: ["▸", "running"],
  asking: ["?", "asks"],
  done: ["✓", "done"],
  failed: ["✗", "failed"],
};

/** How something stands, for the eye and for the ear. */
export function mark(state: CardState): TemplateResult {
  const [sign, words] = marks[state];
  return html`<span class="mark ${state}"
    ><span aria-hidden="true">${sign}</span><span class="unseen">${words}</span></span
  >`;
}

/** A whole card; `on` is the run or notice its buttons belong to, `null` for one without. */
export function cardView(card: Card, on: string | null, picture: PictureLine | null = null): TemplateResult {
  return html`
    <div aria-live="polite">
      ${card.verdict === "" ? nothing : html`<p class="verdict ${card.state}">${card.verdict}</p>`}
      ${card.question === null ? nothing : html`<p class="question">${card.question.text}</p>`}
    </div>
    ${card.question === null || card.question.details.length === 0 ? nothing : diffView(card.question.details)}
    ${on === null ? nothing : buttons(card.actions, on)} ${card.diff.length === 0 ? nothing : diffView(card.diff)}
    ${pictureView(picture)} ${card.checklist.length === 0 ? nothing : checklist(card.checklist)}
    ${card.table === null ? nothing : tableView(card.table, card.title)}
    ${card.text === null ? nothing : html`<pre tabindex="0">${card.text}</pre>`} ${factsView(card)}
  `;
}

function factsView({ facts }: Card): TemplateResult | typeof nothing {
  if (facts.length === 0) return nothing;
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function checklist(steps: readonly CardStep[]): TemplateResult {
  return html`<ol class="steps" aria-label="Steps">
    ${repeat(steps, ({ title }, at) => `${at} ${title}`, stepView)}
  </ol>`;
}

/** One step: what it does, says, and how long it takes or took. */
export function stepView(step: CardStep): TemplateResult {
  return html`<li class="${step.state}">
    ${mark(step.state)} <span class="what"><b>${step.title}</b> <span>${step.sentence}</span></span> ${time(step)}
  </li>`;
}

function time({ state, title, startedAt, endedAt, usualMs }: CardStep): TemplateResult | typeof nothing {
  if (startedAt === null) return nothing;
  const took = (endedAt ?? now()) - startedAt;
  if (state !== "running" || usualMs === null) return html`<span class="time">${spell(took)}</span>`;
  return html`<span class="time">
    <progress aria-label="${title}" max=${usualMs} value=${Math.min(took, usualMs)}></progress>
    ${spell(took)}, usually ${spell(usualMs)}
  </span>`;
}

const kinds: Readonly<Record<string, string>> = { "+": "added", "-": "removed", "~": "changed" };

function diffView(lines: readonly string[]): TemplateResult {
  return html`<pre class="diff" tabindex="0" aria-label="Changes">
${lines.map((line) => html`<span class="${kinds[line.charAt(0)] ?? "same"}">${line} </span>`)}</pre>`;
}

/** A picture that goes with the colours of the page. */
export function pictureView(picture: PictureLine | null): TemplateResult | typeof nothing {
  if (picture === null) return nothing;
  return html`<picture>
    <source media="(prefers-color-scheme: dark)" srcset="${picture.src}?theme=dark" />
    <img src=${picture.src} alt=${picture.alt} />
  </picture>`;
}

/** A table; `title` says what is in it to whoever does not see it. */
export function tableView({ columns, rows }: Table, title: string): TemplateResult {
  return html`<div class="table" tabindex="0" role="region" aria-label="${title}: table">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
