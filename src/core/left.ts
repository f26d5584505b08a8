import type { RunView } from "./journal.ts";
import { allOf, counted } from "./words.ts";

/** As many characters of a run's id as people need to type. */
export const shortId = (id: string): string => id.slice(0, 8);

/** In which condition a run that was stopped leaves things, one sentence. */
export function leftAs({ steps, changed }: Pick<RunView, "steps" | "changed">): string {
  return changed === 0 ? "No change was completed." : `${made(steps, changed)}; what comes after was not begun.`;
}

/** Titles named in one sentence. */
const mostTitles = 5;

/** What the engine does by itself before a run may change anything. */
const before = /^(plan|approval) \d+$/;

/** In which condition a run leaves things that was interrupted and cannot go on, one sentence. */
export function interruptedAs({ steps, changed, risk }: Pick<RunView, "steps" | "changed" | "risk">): string {
  const open = steps.filter(({ name, state }) => state === "running" && !before.test(name) && risk !== "read");
  if (open.length === 0) return changed === 0 ? "Nothing was changed." : `${made(steps, changed)}.`;
  const half = `${titles(open)} ${open.length === 1 ? "was" : "were"} under way and may be half done`;
  return `${changed === 0 ? "No change was completed" : made(steps, changed)}; ${half}.`;
}

function made(steps: RunView["steps"], changed: number): string {
  const stay = titles(steps.filter((step) => step.changed > 0));
  return `${counted(changed, "change")} of ${stay} ${changed === 1 ? "stays" : "stay"} as made`;
}

/** `“Create db1”, “Create db2”, and 7 more steps`. */
function titles(steps: RunView["steps"]): string {
  const more = steps.length > mostTitles + 1 ? steps.length - mostTitles : 0;
  const quoted = steps.slice(0, steps.length - more).map(({ title }) => `“${title}”`);
  return allOf(more === 0 ? quoted : [...quoted, counted(more, "more step")]);
}

/** What can be done about a run that was stopped, one sentence. */
export function whatNow({ id, cluster, risk, changed }: Pick<RunView, "id" | "cluster" | "risk" | "changed">): string {
  const resume = `/runs resume ${shortId(id)} carries on from what it finds`;
  const back =
    cluster !== null && risk === "reversible" && changed > 0
      ? `; to go back, put the old blueprint into nonet.yaml and give /cluster build ${cluster}`
      : "";
  return `${resume}${back}.`;
}
