import { z } from "zod";
import { OpsError } from "../../src/core/errors.ts";
import { desire, operation } from "../../src/core/operation.ts";
import { sh, type Action } from "../../src/core/shell.ts";
import type { Difference, Fence } from "../../src/core/target.ts";

/** On whose behalf tests change a node when it does not matter. */
export const fence: Fence = { run: "run-1", turn: 1, by: "store-1", actor: "alice" };

/** The error that a call ends with. */
export async function failure(promise: Promise<unknown>): Promise<OpsError> {
  const thrown: unknown = await promise.then(() => undefined).catch((error: unknown) => error);
  if (thrown instanceof OpsError) return thrown;
  throw new Error("expected an OpsError", { cause: thrown });
}

/** Given actions as differences of an operation that is about nothing. */
export function doing(...actions: Action[]): Difference[] {
  const odd = operation({
    name: "thing",
    state: z.object({}),
    key: () => "one",
    read: () => sh`true`,
    parse: (_, wants) => wants.map(() => undefined),
    apply: () => actions,
  });
  return [{ item: desire(odd, {}), have: undefined, changes: [{ field: "it", have: null, want: "done" }] }];
}
