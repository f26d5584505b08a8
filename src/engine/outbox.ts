import { randomUUID } from "node:crypto";
import {
  kindOf,
  MouthBusy,
  MouthError,
  MouthUnfinished,
  type Delivery,
  type Mouth,
  type Place,
} from "../core/mouth.ts";
import { cardOf } from "./card-at.ts";
import { sayingsIn } from "./outbox-sayings.ts";
import { openPump } from "./pump.ts";
import type { Row, Store } from "./store/port.ts";

/** Milliseconds between looks for what is to be tried again; whatever is new is said at once. */
const pollMs = 1000;
/** Milliseconds something is one process's to say; a mouth is told to give up before. */
const leaseMs = 30_000;
const mouthMs = 20_000;
/** Milliseconds after the first attempt that failed, doubled each time up to the longest. */
const backoffMs = { first: 1000, longest: 60_000 };
/** More than a day at the longest. */
const mostAttempts = 1500;

/** Says what is stored, in order for each card, until it is heard. */
export interface Outbox {
  /** Something may have been stored. */
  wake(): void;
  /** Milliseconds the oldest thing waits that somebody here could say; 0 when nothing waits. */
  age(): Promise<number>;
  close(): Promise<void>;
}

/** Something was not taken at a place; it never will be (`gone`), or is tried again. */
export interface ChatFailure {
  readonly place: Place;
  readonly gone: boolean;
}

/** What an outbox works with. */
export interface OutboxOptions {
  /** The same for every process that had this state folder, of which one at a time can live. */
  readonly home: string;
  readonly mouths: readonly Mouth[];
  /** Stores what was held back until now. */
  readonly release: () => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes what could not be said at an attempt, and what will not be tried again (`gone`). */
  readonly onFailure: (failure: ChatFailure & { readonly id: string; readonly error: unknown }) => void;
  readonly onError: (error: unknown) => void;
}

/** Opens the outbox; several may share a store. */
export function openOutbox(store: Store, options: OutboxOptions): Outbox {
  const closing = new AbortController();
  const desk = new Desk(store, options, closing.signal);
  const pump = openPump(() => desk.turn(() => pump.wake()), pollMs, options.onError);
  pump.wake();
  return {
    wake: () => pump.wake(),
    age: () => desk.age(),
    close: async () => {
      closing.abort();
      await pump.stop();
      await desk.idle();
    },
  };
}

class Desk {
  readonly #store: Store;
  readonly #options: OutboxOptions;
  readonly #closing: AbortSignal;
  readonly #holder: string;
  readonly #underway = new Map<string, Promise<void>>();
  readonly #served: string;
  #tookOver = false;

  constructor(store: Store, options: OutboxOptions, closing: AbortSignal) {
    this.#store = store;
    this.#options = options;
    this.#closing = closing;
    this.#holder = `${options.home}:${randomUUID()}`;
    const kinds = options.mouths.map(({ kind }) => `place = '${kind}' or place like '${kind}:%'`);
    this.#served = kinds.length === 0 ? "1 = 0" : `(${kinds.join(" or ")})`;
  }

  /** Begins to say whatever is due; a place that is slow holds up no other. Never did anything by itself. */
  async turn(wake: () => void): Promise<boolean> {
    if (!this.#tookOver) await this.#takeOver();
    this.#tookOver = true;
    await this.#options.release();
    const due = await this.#store.all(
      `select id from outbox where delivered_at is null and failed is null and kind <> 'line' and ${this.#served}
         and next_at <= ${this.#store.now} and held_until < ${this.#store.now} order by at limit 100`,
    );
    for (const id of due.map((row) => String(row["id"]))) {
      if (this.#underway.has(id) || this.#closing.aborted) continue;
      const saying = this.#deliver(id)
        .catch(this.#options.onError)
        .finally(() => {
          this.#underway.delete(id);
          wake();
        });
      this.#underway.set(id, saying);
    }
    return false;
  }

  /** What an earlier process of this home was saying is to be said again at once. */
  #takeOver(): Promise<void> {
    return this.#store.run("update outbox set held_until = 0 where held_until > 0 and holder like ?", [
      `${this.#options.home}:%`,
    ]);
  }

  async age(): Promise<number> {
    const row = await this.#store.get(
      `select min(at) as oldest from outbox where delivered_at is null and failed is null and ${this.#served}`,
    );
    const oldest = row?.["oldest"] ?? null;
    return oldest === null ? 0 : Math.max(0, this.#options.now() - Number(oldest));
  }

  async idle(): Promise<void> {
    await Promise.all(this.#underway.values());
  }

  async #deliver(id: string): Promise<void> {
    const { now } = this.#store;
    const row = await this.#store.get(
      `update outbox set holder = ?, held_until = ${now} + ${leaseMs}
       where id = ? and held_until < ${now} and delivered_at is null and failed is null returning *`,
      [this.#holder, id],
    );
    if (row === undefined) return;
    try {
      await this.#card(row);
    } catch (error) {
      await this.#failed(row, error);
    }
  }

  /** The card first, then the lines below it: what a line speaks of can be seen by then. */
  async #card(row: Row): Promise<void> {
    const [known, posting] = [textOf(row["message_id"]), row["posting"] ?? null];
    // Nobody knows whether a post that was begun was heard: the same is posted again, not something newer.
    const seq = Number(known === null ? (posting ?? row["seq"]) : row["seq"]);
    const isTold = known !== null && seq <= Number(row["told_seq"]);
    const messageId = isTold ? known : await this.#show(row, known, seq);
    await this.#lines(row, messageId, seq);
    await this.#said(row, seq);
  }

  /** What is to be said below the card, up to this event of its run or change of its notice. */
  async #lines(row: Row, messageId: string, seq: number): Promise<void> {
    const waiting = await this.#store.all(
      `select * from outbox where (run_id = ? or notice_id = ?) and place = ? and kind = 'line' and seq <= ?
         and delivered_at is null and failed is null order by seq, tone`,
      [row["run_id"] ?? null, row["notice_id"] ?? null, row["place"] ?? null, seq],
    );
    for (const { first, last, saying, ids } of sayingsIn(waiting)) {
      const id = String(first["id"]);
      // The same key must say the same the next time, whatever has come meanwhile.
      await this.#store.run("update outbox set posting = ? where id = ?", [last, id]);
      const say = this.#mouth(row).say(saying, messageId, this.#delivery(row, id, begun(first)));
      const failed = await say.then(() => null, whyGone);
      if (failed !== null) this.#report(first, true, failed);
      await this.#store.run(
        `update outbox set delivered_at = ?, failed = ? where id in (${ids.map(() => "?").join(", ")})`,
        [this.#options.now(), failed, ...ids],
      );
    }
  }

  async #show(row: Row, known: string | null, seq: number): Promise<string> {
    const id = String(row["id"]);
    const card = await cardOf(this.#store, row, seq, this.#options.now());
    const delivery = this.#delivery(row, known === null ? id : `${id}:${seq}`, begun(row));
    if (known === null) await this.#store.run("update outbox set posting = ? where id = ?", [seq, id]);
    const mouth = this.#mouth(row);
    const messageId = await (known === null ? mouth.post(card, delivery) : mouth.update(known, card, delivery));
    await this.#store.run(
      "update outbox set message_id = ?, posting = null, told_seq = ?, told_at = ? where id = ? and holder = ?",
      [messageId, seq, this.#options.now(), id, this.#holder],
    );
    return messageId;
  }

  /** Said up to `seq`; what came meanwhile waits since it came, and further progress until the chat's pace allows it. */
  async #said(row: Row, seq: number): Promise<void> {
    const now = this.#options.now();
    const { paceMs } = this.#mouth(row);
    await this.#store.run(
      `update outbox set attempts = 0, holder = null, held_until = 0,
         next_at = case when urgent_seq > ? then 0 else ${this.#store.now} + ${paceMs} end,
         delivered_at = case when seq = ? then cast(? as bigint) end, at = case when seq = ? then at else ? end
       where id = ? and holder = ?`,
      [seq, seq, now, seq, now, String(row["id"]), this.#holder],
    );
  }

  async #failed(row: Row, error: unknown): Promise<void> {
    const busy = error instanceof MouthBusy;
    const attempts = Number(row["attempts"]) + (busy ? 0 : 1);
    const gone = error instanceof MouthError || attempts >= mostAttempts;
    const wait = busy ? error.afterMs : Math.min(backoffMs.longest, backoffMs.first * 2 ** (attempts - 1));
    const heard = error instanceof MouthUnfinished ? error.messageId : null;
    await this.#store.run(
      `update outbox set attempts = ?, next_at = ${this.#store.now} + ${wait}, failed = ?, holder = null, held_until = 0,
         message_id = coalesce(?, message_id)
       where id = ? and holder = ?`,
      [attempts, gone ? String(error) : null, heard, String(row["id"]), this.#holder],
    );
    if (!busy) this.#report(row, gone, error);
  }

  #report(row: Row, gone: boolean, error: unknown): void {
    this.#options.onFailure({ id: String(row["id"]), place: String(row["place"]), gone, error });
  }

  #mouth(row: Row): Mouth {
    const mouth = this.#options.mouths.find(({ kind }) => kind === kindOf(String(row["place"])));
    if (mouth === undefined) throw new TypeError(`nobody speaks at ${String(row["place"])}`);
    return mouth;
  }

  #delivery(row: Row, key: string, again: boolean): Delivery {
    const signal = AbortSignal.any([AbortSignal.timeout(mouthMs), this.#closing]);
    const [runId, actor] = [textOf(row["run_id"]), textOf(row["actor"])];
    return { place: String(row["place"]), key, again, runId, actor, signal };
  }
}

const textOf = (value: Row[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

/** Whether somebody began to say it; nobody knows whether it was heard. */
const begun = (row: Row): boolean => (row["posting"] ?? null) !== null;

/** Why a line can never be said. @throws whatever else went wrong. */
function whyGone(error: unknown): string {
  if (error instanceof MouthError) return error.message;
  throw error;
}
