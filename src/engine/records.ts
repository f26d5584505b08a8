import type { Audit } from "../core/audit.ts";
import type { Mouth } from "../core/mouth.ts";
import { openChain } from "./audit.ts";
import { everyDay, newDay } from "./daily.ts";
import { releaseHeld } from "./held.ts";
import { openJournal, type Journal } from "./journal.ts";
import { openOutbox, type ChatFailure, type Outbox, type OutboxOptions } from "./outbox.ts";
import type { RoutesFor } from "./raise.ts";
import type { State } from "./state.ts";

/** Where the engine says what no run can: the shape of pino. */
interface Log {
  error(context: object, message: string): void;
}

/** What journal, audit and outbox are made of. */
export interface RecordOptions {
  /** Stays open when the engine closes. */
  readonly state: State;
  readonly log: Log;
  /** How chat is spoken to. */
  readonly mouths: readonly Mouth[];
  readonly routesFor: RoutesFor;
  /** Hears of each attempt to say something that failed. */
  readonly onChatFailure?: (failure: ChatFailure) => void;
}

/** What is written down, and said. */
interface Records {
  readonly journal: Journal;
  readonly audit: Audit;
  readonly outbox: Outbox;
  close(): Promise<void>;
}

/** Opens journal, audit and outbox, which are written in one transaction. `now` is in milliseconds since 1970. */
export async function openRecords(
  { state, log, mouths, routesFor, onChatFailure }: RecordOptions,
  { now, onError }: { readonly now: () => number; readonly onError: (error: unknown) => void },
): Promise<Records> {
  const { store, vault } = state;
  const onFailure: OutboxOptions["onFailure"] = ({ id, error, ...failure }) => {
    log.error({ err: error, id }, failure.gone ? "something can never be said in chat" : "chat could not be reached");
    onChatFailure?.(failure);
  };
  const release = () => releaseHeld(store, routesFor, now());
  const outbox = openOutbox(store, { home: state.home, mouths, release, now, onFailure, onError });
  const scrub = (text: string) => vault.scrub(text);
  const journal = await openJournal(store, { now, scrub, routesFor, written: () => outbox.wake(), onError });
  const endDays = everyDay(() => newDay(store, journal, now()), onError);
  const record: Audit["record"] = async (fact) => {
    try {
      await journal.transaction(async (page) => page.audit(fact));
    } catch (error) {
      log.error({ err: error, kind: fact.kind }, "the audit could not be written");
      throw error;
    }
  };
  return {
    journal,
    audit: { ...openChain(store), record },
    outbox,
    close: async () => {
      await endDays();
      await journal.close();
      await outbox.close();
    },
  };
}
