import type { RunView } from "./journal.ts";
import { allOf, counted } from "./words.ts";

/** As many characters of a run's id as people need to type. */
export const shortId = (id: string): string => id.slice(0, 8);

/** In which condition a run that was stopped leaves things, one sentence. */
export function leftAs({ steps, changed }: Pick<RunView, "steps" | "changed">): string {
  if (changed === 0) return "No change was completed.";
  const stay = steps.flatMap((step) => (step.changed > 0 ? [`“${step.title}”`] : []));
  return `${counted(changed, "change")} of ${allOf(stay)} ${changed === 1 ? "stays" : "stay"} as made; what comes after was not begun.`;
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
