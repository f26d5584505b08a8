import type { RunEvent, RunView } from "../core/journal.ts";

/** The part of the engine that is looked at. */
export interface Source {
  subscribe(runId: null, listener: (event: RunEvent) => void): () => void;
  unfinished(): RunView[] | Promise<RunView[]>;
}

/** What the event itself does not say. */
interface About {
  readonly playbook: string;
  /** `null` for a run that works on no cluster. */
  readonly cluster: string | null;
  /** ISO 8601, UTC. */
  readonly queuedAt: string;
  /** The node of a step, when it is about one. */
  readonly node: (step: string) => string | null;
}

/** Hears every event once, with what it is about. */
export type Observer = (event: RunEvent, about: About) => void;

/** Lets observers hear all that happens in all runs from now on, those under way included. Returns how to stop. */
export async function observe(source: Source, observers: readonly Observer[]): Promise<() => void> {
  const runs = new Map<string, { view: Omit<About, "node">; nodes: Map<string, string> }>();
  const known = (id: string, view: Omit<About, "node">) => {
    const entry = { view, nodes: new Map<string, string>() };
    runs.set(id, entry);
    return entry;
  };
  for (const view of await source.unfinished()) known(view.id, view);
  return source.subscribe(null, (event) => {
    const { runId, kind, at } = event;
    if (kind === "run.queued") known(runId, { playbook: event.playbook, cluster: event.cluster, queuedAt: at });
    const run = runs.get(runId) ?? known(runId, { playbook: "unknown", cluster: null, queuedAt: at });
    if (kind === "step.started" && event.node !== undefined) run.nodes.set(event.name, event.node);
    if (kind === "run.finished") runs.delete(runId);
    for (const observer of observers) observer(event, { ...run.view, node: (step) => run.nodes.get(step) ?? null });
  });
}
