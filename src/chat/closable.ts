import type { Desk } from "../core/desk.ts";
import { OpsError } from "../core/errors.ts";

/** A desk that can be closed. */
export interface ClosableDesk extends Desk {
  /** From now on commands, answers and cancellations are refused; runs that are followed can be followed on. */
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
    submit: async (...asked) => {
      check();
      return desk.submit(...asked);
    },
    use: async (...asked) => {
      check();
      return desk.use(...asked);
    },
    press: async (...pressed) => {
      check();
      return desk.press(...pressed);
    },
    decide: async (...answer) => {
      check();
      return desk.decide(...answer);
    },
    cancel: async (...run) => {
      check();
      return desk.cancel(...run);
    },
    close: () => {
      open = false;
    },
    check,
  };
}
