import { randomUUID } from "node:crypto";
import { readAction } from "../core/action.ts";
import type { Caller } from "../core/caller.ts";
import type { Desk } from "../core/desk.ts";
import { toFailure } from "../core/errors.ts";
import type { Log } from "./log.ts";

/**
 * The desk, with a line for every command, answer and cancellation, under an id of its own (`request`). `count` hears
 * how each ended: `ok`, or the code of the error it was refused with.
 */
export function loggedDesk(desk: Desk, log: Log, count: (result: string) => void): Desk {
  const logged = async <T>(
    caller: Caller,
    sentence: string,
    run: string | null,
    work: () => Promise<T>,
  ): Promise<T> => {
    const { via, id } = caller;
    const request = log.child({ request: randomUUID(), via, caller: id, ...(run === null ? {} : { run }) });
    try {
      const value = await work();
      request.info(startedRun(value), sentence);
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
    submit: (text, caller) => logged(caller, `“${text}” is asked.`, null, () => desk.submit(text, caller)),
    use: (name, options, caller) => logged(caller, `/${name} is asked.`, null, () => desk.use(name, options, caller)),
    press: (id, at, filled, caller) => {
      const pressed = readAction(id);
      const sentence = `The button ${pressed?.deed ?? "of somebody else"} is pressed.`;
      return logged(caller, sentence, pressed?.target ?? null, () => desk.press(id, at, filled, caller));
    },
    decide: (runId, caller, word) =>
      logged(caller, "The question of the run is answered.", runId, () => desk.decide(runId, caller, word)),
    cancel: (runId, caller) => logged(caller, "The run is cancelled.", runId, () => desk.cancel(runId, caller)),
  };
}

/** The run that a command started, so that its lines can be found from the request. */
function startedRun(value: unknown): object {
  return typeof value === "object" && value !== null && "runId" in value ? { run: value.runId } : {};
}
