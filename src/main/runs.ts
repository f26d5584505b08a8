import type { Runs } from "../chat/desk.ts";
import { OpsError } from "../core/errors.ts";
import type { Engine } from "../engine/engine.ts";

/** The engine as the desk sees it. */
export function deskRuns(engine: Engine): Runs {
  return {
    start: async (playbook, input, actor) => (await engine.start(playbook, input, actor)).runId,
    async decide(runId, actor, word) {
      const approval = engine.view(runId)?.approval;
      if (approval === undefined || approval === null || approval.verdict !== null) {
        throw new OpsError({ code: "nothing_asked", message: "This run asks nothing right now." });
      }
      const yes = word.trim() === (approval.typed ?? "yes");
      engine.decide({
        approvalId: approval.id,
        planHash: approval.planHash,
        verdict: yes ? "approved" : "rejected",
        actor,
        ...(approval.typed === null ? {} : { typed: word }),
      });
    },
    follow(runId, listener) {
      const tell = () => {
        const view = engine.view(runId);
        if (view !== undefined) listener(view);
      };
      return engine.subscribe(runId, tell);
    },
  };
}
