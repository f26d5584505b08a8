import type { Runs } from "../chat/inside.ts";
import type { Engine } from "../engine/engine.ts";

/** The engine as the desk sees it. */
export function deskRuns(engine: Engine): Runs {
  return {
    start: async (...run) => (await engine.start(...run)).runId,
    view: async (runId) => engine.view(runId),
    decide: async (answer) => engine.decide(answer),
    reviews: engine.reviews,
    notices: engine.notices,
    mutes: engine.mutes,
    codes: engine.codes,
    signIns: engine.signIns,
    again: async (...run) => (await engine.again(...run)).runId,
    show: engine.shows.show,
    messageOf: engine.shows.messageOf,
    planOpened: engine.shows.planOpened,
    hasOpened: engine.shows.hasOpened,
    cancel: (runId, actor) => engine.cancel(runId, actor),
    latest: (cluster) => engine.latest(cluster),
    beginning: (id) => engine.beginning(id),
    lock: engine.lock,
    unlock: engine.unlock,
    watch: (changed) => engine.subscribe(null, changed),
    follow(runId, listener) {
      let told = 0;
      let last = Promise.resolve();
      return engine.subscribe(runId, ({ seq }) => {
        const look = async () => {
          // A look shows all that has been written, so what was written before it needs no further one.
          if (seq <= told) return;
          const view = await engine.view(runId);
          if (view === undefined) return;
          told = view.seq;
          listener(view);
        };
        // What could not be shown is part of what the next event shows.
        last = last.then(look).catch(() => undefined);
      });
    },
  };
}
