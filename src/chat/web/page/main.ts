import { html, nothing, render, type TemplateResult } from "lit-html";
import { auditPage, readAudit } from "./audit.ts";
import { commandLine } from "./command-line.ts";
import { signOut } from "./deeds.ts";
import { hear, type Link } from "./live.ts";
import { changed, drawWith, model, now } from "./model.ts";
import { overview, runPage } from "./overview.ts";
import { outPage, signInPage, takeToken } from "./sign-in.ts";
import { clock } from "./time.ts";

const path = location.pathname;
/** Whether the run whose page it is has been shown: whoever comes here begins to read, and to press, there. */
let isArrived = false;
const runId = /^\/runs\/([0-9a-f-]+)$/.exec(path)?.[1] ?? null;
const isWall = path === "/wall";

/** Whether what is shown is true now, in words. */
function linkView(link: Link): TemplateResult {
  const words = {
    connecting: "connecting …",
    live: "live",
    lost: link.kind === "lost" ? `reconnecting since ${clock(link.since)}: what you see is from then` : "",
    "signed-out": "signed out",
  };
  return html`<span class="link ${link.kind}" role="status">${words[link.kind]}</span>`;
}

function header(): TemplateResult {
  const to = (href: string, words: string) =>
    html`<a href=${href} aria-current=${href === path ? "page" : nothing}>${words}</a>`;
  return html`<header>
    <a class="home" href="/"><img src="/assets/icon.svg" alt="" width="24" height="24" /> Nonet</a>
    ${
      isWall
        ? html`<span class="clock">${clock(now())}</span>`
        : html`<nav aria-label="Pages">${to("/", "Overview")} ${to("/audit", "Audit")} ${to("/wall", "Wall")}</nav>`
    }
    ${linkView(model.link)}
    ${
      isWall || model.state === null
        ? nothing
        : html`<span class="me"
            >${model.state.name} <button type="button" class="plain" @click=${signOut}>Sign out</button></span
          >`
    }
  </header>`;
}

function page(): TemplateResult {
  const { state, link } = model;
  if (path === "/sign-in") return signInPage();
  if (link.kind === "signed-out") return outPage();
  // What is not known to be true any more must not look as if it were.
  const stale = state !== null && link.kind !== "live";
  return html`<a class="skip" href="#content">Skip to the content</a>
    ${header()}
    <main class="${stale ? "stale" : ""}">
      ${isWall ? nothing : commandLine()}
      <div id="content" tabindex="-1"></div>
      ${state === null ? html`<p class="none">Connecting …</p>` : shown()}
    </main>`;
}

function shown(): TemplateResult | typeof nothing {
  const { state, audit } = model;
  if (path === "/audit") return auditPage(audit);
  if (state === null) return nothing;
  return runId === null
    ? html`<h1 class="unseen">${isWall ? "Wall" : "Overview"}</h1>
        ${overview(state, isWall)}`
    : runPage(state, runId);
}

function title(): string {
  const { state } = model;
  if (state === null) return "Nonet";
  if (runId !== null && state.run !== null) return `${state.run.card.title} · Nonet`;
  const asking = state.runs.filter(({ card }) => card.question !== null).length;
  return `${asking === 0 ? "" : `(${asking}) `}Nonet`;
}

drawWith(() => {
  render(page(), document.body);
  document.title = title();
  const heading = isArrived ? null : document.querySelector<HTMLElement>("#title");
  if (heading === null) return;
  isArrived = true;
  heading.focus();
});
document.documentElement.classList.toggle("wall", isWall);
if (path === "/sign-in") takeToken();
else {
  hear(runId, {
    state: (state, skew) => {
      Object.assign(model, { state, skew });
      changed();
    },
    link: (link) => {
      if (link.kind === "signed-out") Object.assign(model, { state: null, answer: null, audit: null });
      model.link = link;
      changed();
    },
  });
  if (path === "/audit") void readAudit();
  // Clocks go on between two words of the bot.
  setInterval(changed, 1000);
}
changed();
