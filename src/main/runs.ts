import type { Runs } from "../chat/desk.ts";
import { OpsError } from "../core/errors.ts";
import type { Engine } from "../engine/engine.ts";

/** The engine as the desk sees it. */
export function deskRuns(engine: Engine): Runs {
  return {
    start: async (playbook, input, actor) => (await engine.start(playbook, input, actor)).runId,
    async decide(runId, actor, word) {
      const approval = (await engine.view(runId))?.approval;
      if (approval === undefined || approval === null || approval.verdict !== null) {
        throw new OpsError({ code: "nothing_asked", message: "This run asks nothing right now." });
      }
      const yes = word.trim() === (approval.typed ?? "yes");
      await engine.decide({
        approvalId: approval.id,
        planHash: approval.planHash,
        verdict: yes ? "approved" : "rejected",
        actor,
        ...(approval.typed === null ? {} : { typed: word }),
      });
    },
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
