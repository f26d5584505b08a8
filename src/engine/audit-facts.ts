import { createHash } from "node:crypto";
import type { AuditFact } from "../core/audit.ts";
import type { Json } from "../core/json.ts";
import type { RunFact } from "../core/journal.ts";

/** The run a fact is about, as far as the audit names it. */
interface AboutRun {
  readonly runId: string;
  readonly cluster: string | null;
  /** Who started it. */
  readonly actor: string;
}

/**
 * What the audit keeps of a line of the journal, which is `line` as text: sentences and a digest, no bulk. `undefined`
 * for what neither decides nor ends anything.
 */
export function auditOf(fact: RunFact, line: string, run: AboutRun): AuditFact | undefined {
  const kept = keptOf(fact);
  if (kept === undefined) return undefined;
  const { cluster } = run;
  const actor = "actor" in fact ? fact.actor : run.actor;
  const digest = createHash("sha256").update(line).digest("hex");
  return { kind: fact.kind, actor, cluster, data: { run: run.runId, ...kept, digest } };
}

function keptOf(fact: RunFact): Readonly<Record<string, Json>> | undefined {
  switch (fact.kind) {
    case "run.waiting":
    case "step.started":
    case "step.said":
      return undefined;
    case "run.queued":
      return { playbook: fact.playbook, version: fact.version, input: fact.input, risk: fact.risk };
    case "run.started":
      return { resumed: fact.resumed };
    case "run.finished": {
      const { outcome, result, failure, changed } = fact;
      return { outcome, sentence: failure?.message ?? result?.verdict ?? "", changed };
    }
    case "step.finished":
      return { step: fact.name, sentence: fact.sentence, changed: fact.changed };
    case "step.failed":
      return { step: fact.name, sentence: fact.failure.message, code: fact.failure.code };
    case "approval.requested":
      return {
        approval: fact.approval.id,
        hash: fact.approval.hash,
        sentence: fact.approval.plan?.summary ?? fact.approval.question?.question ?? "",
      };
    case "approval.decided":
      return { approval: fact.id, verdict: fact.verdict };
    case "approval.voted":
      return { approval: fact.id, typed: fact.typed, via: fact.via };
    case "approval.refused":
      return { approval: fact.id, why: fact.why, reason: fact.reason };
    case "glass.broken":
      return { approval: fact.id, review: fact.review, reason: fact.reason };
    case "glass.acknowledged":
      return { review: fact.review };
    case "run.stopping":
      return {};
  }
}
