import { html, nothing, type TemplateResult } from "lit-html";
import type { AuditView } from "../wire.ts";
import { ask } from "./api.ts";
import { mark, tableView } from "./card-view.ts";
import { changed, model } from "./model.ts";

/** Looks at the audit once more; each look leaves its own traces in it, so this is not done all the time. */
export async function readAudit(): Promise<void> {
  try {
    model.audit = await ask<AuditView>("/api/audit");
    model.problem = null;
  } catch (error) {
    model.problem = error instanceof Error ? error.message : String(error);
  }
  changed();
}

/** Whether the audit is whole, and its newest records. */
export function auditPage(view: AuditView | null): TemplateResult {
  return html`<article class="card run ${view === null ? "" : view.ok ? "done" : "failed"}">
    <h1>Audit</h1>
    ${
      view === null
        ? html`<p>Reading …</p>`
        : html`<p class="verdict ${view.ok ? "done" : "failed"}">
            ${mark(view.ok ? "done" : "failed")} ${view.verdict}
          </p>`
    }
    <button type="button" class="plain" @click=${readAudit}>Read again</button>
    ${view === null || view.denial === null ? nothing : html`<p class="problem">${view.denial}</p>`}
    ${view === null || view.records === null ? nothing : records(view.records)}
  </article>`;
}

function records(all: NonNullable<AuditView["records"]>): TemplateResult {
  const columns = ["record", "at", "what", "who", "cluster", "data"];
  const rows = all.map(({ seq, at, kind, actor, cluster, data }) => [
    String(seq),
    // No line breaks in a date.
    at.slice(0, 19).replace("T", " ").replaceAll("-", "\u2011"),
    ...[kind, actor, cluster, data],
  ]);
  return tableView({ columns, rows }, "Newest records, times in UTC");
}
