import type { Audit } from "../core/audit.ts";
import type { Caller } from "../core/caller.ts";
import { describeFailure, toFailure } from "../core/errors.ts";
import type { Json } from "../core/json.ts";

/** What is known so far of something a person asks for. */
export interface Asked {
  readonly cluster: string | null;
  readonly data: Readonly<Record<string, Json>>;
  /** What was typed has been understood; until then it may be anything, a password included, and is not repeated. */
  readonly understood: boolean;
}

/** Nothing yet. */
const nothing: Asked = { cluster: null, data: {}, understood: false };

/** Errors that say that somebody may not. */
const denials: ReadonlySet<string> = new Set(["forbidden", "needs_second_person"]);

/** Writes into the audit what people ask for, also what they may not have and what does not work. */
export interface Witness {
  /** Something is going to be done. */
  record(kind: string, caller: Caller, asked: Asked): Promise<void>;
  /** Does it, and records why it was not done; `tell` takes what becomes known of it meanwhile. */
  watch<T>(kind: string, caller: Caller, work: (tell: (asked: Asked) => void) => Promise<T>): Promise<T>;
}

/** Opens a witness; `nameOf` is what the configuration calls a caller, `null` for a stranger. */
export function openWitness(audit: Pick<Audit, "record">, nameOf: (caller: Caller) => string | null): Witness {
  const record: Witness["record"] = async (kind, caller, { cluster, data }) => {
    const { via, id, channel } = caller;
    await audit.record({ kind, actor: nameOf(caller), cluster, data: { by: `${via}:${id}`, channel, ...data } });
  };
  return {
    record,
    watch: async (kind, caller, work) => {
      let asked = nothing;
      try {
        return await work((known) => (asked = known));
      } catch (error) {
        const failure = toFailure(error);
        const { code } = failure;
        const denied = denials.has(code);
        const reason = denied || asked.understood ? describeFailure(failure) : "It could not be understood.";
        const data = { ...asked.data, code, reason };
        // Whoever keeps the audit has said that it cannot be written; here the person must hear what went wrong.
        await record(`${kind}.${denied ? "denied" : "failed"}`, caller, { ...asked, data }).catch(() => undefined);
        throw error;
      }
    },
  };
}
