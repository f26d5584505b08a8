import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { ClusterLine, NoticeLine, RunLine, State } from "../wire.ts";
import { cardView, mark, pictureView, stepView } from "./card-view.ts";
import { submit } from "./deeds.ts";
import { model, now } from "./model.ts";
import { ago, spell } from "./time.ts";

/** What is going on. On a wall nothing can be pressed, and what is new stands beside the clusters, which take the height. */
export function overview(state: State, isWall: boolean): TemplateResult {
  const asking = state.runs.filter(({ card }) => card.question !== null);
  const others = state.runs.filter(({ card }) => card.question === null);
  const clusters = group(
    "Clusters",
    state.clusters,
    (each) => clusterView(each, state, isWall),
    "None that you may see.",
  );
  const news = html`
    ${group("Waiting for an answer", asking, (run) => asked(run, isWall))}
    ${group("Not seen yet", state.notices, (notice) => noticeView(notice, isWall))} ${locks(state.locks)}
  `;
  const runs = html`
    ${group("Under way", others, (run) => underWay(run, isWall), "Nothing runs.")}
    ${isWall || state.ended.length === 0 ? nothing : ended(state.ended)}
  `;
  return html`
    ${isWall ? nothing : news}
    <div class="sides">
      <div>${clusters}</div>
      <div>${isWall ? news : nothing} ${runs}</div>
    </div>
  `;
}

/** What there is of a kind; when there is nothing, that is said, or nothing is. */
function group<T extends { readonly id: string } | { readonly name: string }>(
  title: string,
  items: readonly T[],
  view: (item: T) => TemplateResult,
  none?: string,
): TemplateResult | typeof nothing {
  if (items.length === 0 && none === undefined) return nothing;
  const idOf = (item: T) => ("id" in item ? item.id : item.name);
  return html`<section>
    <h2>${title}</h2>
    ${items.length === 0 ? html`<p class="none">${none}</p>` : html`<div class="cards">${repeat(items, idOf, view)}</div>`}
  </section>`;
}

function locks(all: readonly string[]): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  return html`<section>
    <h2>Locks</h2>
    <ul>
      ${all.map((lock) => html`<li>${lock}</li>`)}
    </ul>
  </section>`;
}

const link = ({ id, card }: RunLine, isWall = false): TemplateResult =>
  isWall ? html`${card.title}` : html`<a href="/runs/${id}">${card.title}</a>`;

function asked(run: RunLine, isWall: boolean): TemplateResult {
  return html`<article class="card asking">
    <h3>${mark(run.card.state)} ${link(run, isWall)}</h3>
    <p class="who">asked for by ${run.actor}</p>
    ${
      isWall
        ? html`<p class="question">${run.card.question?.text}</p>`
        : cardView({ ...run.card, checklist: [] }, run.id)
    }
  </article>`;
}

function noticeView({ id, card }: NoticeLine, isWall: boolean): TemplateResult {
  return html`<article class="card ${card.state}">
    <h3>${mark(card.state)} ${card.title}</h3>
    ${cardView(isWall ? { ...card, facts: [] } : card, isWall ? null : id)}
  </article>`;
}

function clusterView({ name, look }: ClusterLine, { runs }: State, isWall: boolean): TemplateResult {
  const seen = look === null ? "" : `looked at ${ago(now() - look.at)}`;
  const looking = runs.some(({ card }) => card.title === `/cluster status ${name}`);
  return html`<article class="card ${look === null ? "unknown" : look.ok ? "done" : "failed"}">
    <h3>${look === null ? nothing : mark(look.ok ? "done" : "failed")} ${name}</h3>
    ${
      look === null
        ? html`<p class="verdict">Nobody has looked yet.</p>`
        : html`<p class="verdict ${look.ok ? "done" : "failed"}">${look.verdict}</p>
            ${pictureView(look.picture)}
            <p class="who">
              ${isWall || look.runId === null ? seen : html`<a href="/runs/${look.runId}">${seen}</a>`}
            </p>`
    }
    ${
      isWall
        ? nothing
        : html`<button
            type="button"
            class="plain"
            ?disabled=${looking || model.link.kind !== "live"}
            @click=${() => submit(`/cluster status ${name}`, true)}
          >
            ${looking ? "Looking" : "Look"} at ${name}${looking ? " …" : " now"}
          </button>`
    }
  </article>`;
}

function underWay(run: RunLine, isWall: boolean): TemplateResult {
  const { card, actor, done } = run;
  const since = card.startedAt === null ? "" : `, ${spell(now() - card.startedAt)}`;
  return html`<article class="card ${card.state}">
    <h3>${mark(card.state)} ${link(run, isWall)}</h3>
    <p class="who">by ${actor}${since}${done === 0 ? "" : `, ${done} steps done`}</p>
    ${card.verdict === "" ? nothing : html`<p>${card.verdict}</p>`}
    <ol class="steps" aria-label="At work">
      ${card.checklist.map(stepView)}
    </ol>
  </article>`;
}

function ended(runs: readonly RunLine[]): TemplateResult {
  return html`<section>
    <h2>Ended</h2>
    <ul class="ended">
      ${repeat(
        runs,
        ({ id }) => id,
        (run) =>
          html`<li>
            ${mark(run.card.state)} ${link(run)}
            <span class="says">${run.card.verdict}</span>
            <span class="who">${run.actor}, ${ago(now() - (run.card.endedAt ?? now()))}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** The page of one run. */
export function runPage({ run, problem }: State, id: string): TemplateResult {
  if (run === null) {
    const text =
      problem === null
        ? "This run is not there."
        : [problem.message, problem.state, problem.hint].filter(Boolean).join(" ");
    return html`<p class="problem" role="alert">${text}</p>`;
  }
  const { card, picture } = run;
  return html`<article class="card run ${card.state}">
    <h1 id="title" tabindex="-1">${mark(card.state)} ${card.title}</h1>
    <p class="who">${card.startedAt === null ? nothing : spell((card.endedAt ?? now()) - card.startedAt)}</p>
    ${cardView(card, id, picture)}
  </article>`;
}
