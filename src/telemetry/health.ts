import { describeFailure, OpsError, toFailure } from "../core/errors.ts";

/** The parts that must work, by name. Each throws, or rejects, with what is wrong. */
export type Parts = Readonly<Record<string, () => void | Promise<unknown>>>;

/** What was found. */
export interface Report {
  readonly ok: boolean;
  /** By name; `problem` says in words what is wrong. */
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly problem?: string }>>;
}

/** Looks at all parts at once. One that does not answer within `deadlineMs` is not well. */
export async function look(all: Parts, deadlineMs = 5000): Promise<Report> {
  const looks = Object.entries(all).map(async ([name, check]) => {
    try {
      await Promise.race([Promise.resolve().then(check), late(deadlineMs)]);
      return { name, ok: true };
    } catch (error) {
      return { name, ok: false, problem: describeFailure(toFailure(error)) };
    }
  });
  const found = await Promise.all(looks);
  const parts = Object.fromEntries(found.map(({ name, ...rest }) => [name, rest]));
  return { ok: found.every(({ ok }) => ok), parts };
}

function late(deadlineMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    const error = new OpsError({ code: "no_answer", message: `No answer within ${deadlineMs / 1000} s.` });
    setTimeout(() => reject(error), deadlineMs).unref();
  });
}
