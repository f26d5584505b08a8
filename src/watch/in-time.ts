import { toFailure } from "../core/errors.ts";
import { untold, type Told } from "../core/fact.ts";
import type { StepContext } from "../core/playbook.ts";

/** What `work` comes to within so many milliseconds, or why it came to nothing. @throws whatever aborts `signal` */
export async function inTime<T>(
  signal: AbortSignal,
  milliseconds: number,
  work: (context: StepContext) => Promise<T>,
): Promise<Told<T>> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
  try {
    return { known: true, value: await work({ signal: patience, steady: patience, say: () => undefined }) };
  } catch (error) {
    signal.throwIfAborted();
    return untold(toFailure(error).message);
  }
}
