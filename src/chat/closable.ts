import type { Desk } from "../core/desk.ts";
import { OpsError } from "../core/errors.ts";

/** A desk that can be closed. */
export interface ClosableDesk extends Desk {
  /** From now on commands and answers are refused; runs that are followed can be followed on. */
  close(): void;
  /** @throws OpsError `stopping` once it is closed. */
  check(): void;
}

/** The desk, until it is closed. */
export function closable(desk: Desk): ClosableDesk {
  let open = true;
  const check = () => {
    if (open) return;
    throw new OpsError({ code: "stopping", message: "Nonet is stopping; give the command again in a moment." });
  };
  return {
    ...desk,
    submit: async (text, actor) => {
      check();
      return desk.submit(text, actor);
    },
    decide: async (runId, actor, word) => {
      check();
      return desk.decide(runId, actor, word);
    },
    close: () => {
      open = false;
    },
    check,
  };
}
