import { randomUUID } from "node:crypto";
import type { Desk } from "../core/desk.ts";
import { toFailure } from "../core/errors.ts";
import type { Log } from "./log.ts";

/**
 * The desk, with a line for every command and every answer to a question, under an id of its own (`request`).
 * `count` hears how each ended: `ok`, or the code of the error it was refused with.
 */
export function loggedDesk(desk: Desk, log: Log, count: (result: string) => void): Desk {
  const logged = async <T>(fields: object, sentence: string, work: () => Promise<T>, told: (value: T) => object) => {
    const request = log.child({ request: randomUUID(), ...fields });
    try {
      const value = await work();
      request.info(told(value), sentence);
      count("ok");
      return value;
    } catch (error) {
      const { code, message } = toFailure(error);
      if (code === "internal") request.error({ err: error }, `${sentence} ${message}`);
      else request.warn({ code }, `${sentence} Refused: ${message}`);
      count(code);
      throw error;
    }
  };
  return {
    ...desk,
    submit: (text, actor) =>
      logged(
        { actor },
        `${actor}: ${text}`,
        () => desk.submit(text, actor),
        (receipt) => (receipt.kind === "run" ? { run: receipt.runId } : {}),
      ),
    decide: (runId, actor, word) =>
      logged(
        { actor, run: runId },
        `${actor} answers the question of the run.`,
        () => desk.decide(runId, actor, word),
        () => ({}),
      ),
  };
}
