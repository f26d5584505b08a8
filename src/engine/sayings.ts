import { describeFailure } from "../core/errors.ts";
import type { RunFact } from "../core/journal.ts";
import type { Saying } from "../core/mouth.ts";
import { counted } from "../core/words.ts";
import type { Row } from "./store/port.ts";

type Finished = Extract<RunFact, { kind: "run.finished" }>;

/** Characters of output from which on it is kept as a file beside its card. */
const longOutput = 2500;

const endings = {
  done: "It came to its end.",
  failed: "It failed.",
  rejected: "It was refused; nothing was changed.",
  expired: "Nobody answered in time; nothing was changed.",
  cancelled: "It was cancelled.",
};

/** How a run ended, in words. */
export function endingOf(fact: Finished): string {
  if (fact.failure !== null) return describeFailure(fact.failure);
  return fact.result?.verdict || endings[fact.outcome];
}

/** What is said below the card of a run because of an event; the card of a look says it all by itself. */
export function sayingsFor({ fact, run }: { readonly fact: RunFact; readonly run: Row }): Saying[] {
  const actor = String(run["actor"]);
  if (fact.kind === "run.finished" && (fact.result?.text?.length ?? 0) > longOutput) {
    const file: Saying = { text: fact.result?.text ?? "", tone: "file", mentions: [] };
    return run["risk"] === "read" ? [file] : [file, sayingOf(fact, actor)].flatMap((said) => said ?? []);
  }
  const said = run["risk"] === "read" ? undefined : sayingOf(fact, actor);
  return said === undefined ? [] : [said];
}

function sayingOf(fact: RunFact, requester: string): Saying | undefined {
  switch (fact.kind) {
    case "step.finished": {
      const changed = fact.changed === 0 ? "" : ` (changed: ${fact.changed})`;
      return { text: `${fact.name}: ${fact.sentence}${changed}`, tone: "log", mentions: [] };
    }
    case "step.failed":
      return { text: `${fact.name} failed: ${describeFailure(fact.failure)}`, tone: "news", mentions: [] };
    case "run.started":
      return fact.resumed ? { text: "Carried on after an interruption.", tone: "log", mentions: [] } : undefined;
    case "run.stopping":
      return { text: `${fact.actor} cancelled it.`, tone: "news", mentions: [] };
    case "approval.requested": {
      const { who, people } = fact.approval.need;
      const text =
        people === 1
          ? "This needs a yes."
          : `This needs the yes of ${counted(people, "person").replace("persons", "people")}.`;
      return { text, tone: "news", mentions: who };
    }
    case "approval.voted":
      return { text: `${fact.actor} approved; somebody else must too.`, tone: "news", mentions: [] };
    case "approval.decided": {
      const text = fact.actor === null ? "Nobody answered in time." : `${fact.actor} ${fact.verdict} it.`;
      return { text, tone: "news", mentions: fact.actor === requester ? [] : [requester] };
    }
    case "approval.refused":
      return { text: fact.reason, tone: "news", mentions: [requester] };
    case "glass.broken":
      return { text: `${fact.actor} went on alone: ${fact.reason}`, tone: "news", mentions: [] };
    case "glass.acknowledged":
      return { text: `${fact.actor} has looked at it.`, tone: "news", mentions: [] };
    case "run.finished":
      return { text: endingOf(fact), tone: "result", mentions: [requester] };
    case "run.queued":
    case "run.waiting":
    case "step.started":
    case "step.said":
      return undefined;
  }
}
