import type { Runs } from "../chat/desk.ts";
import type { Engine } from "../engine/engine.ts";

/** The engine as the desk sees it. */
export function deskRuns(engine: Engine): Runs {
  return {
    start: async (playbook, input, actor) => (await engine.start(playbook, input, actor)).runId,
    view: async (runId) => engine.view(runId),
    decide: async (decision) => engine.decide(decision),
    cancel: async (runId, actor) => engine.cancel(runId, actor),
    follow(runId, listener) {
      const tell = () => {
        const view = engine.view(runId);
        if (view !== undefined) listener(view);
      };
      return engine.subscribe(runId, tell);
    },
  };
}
