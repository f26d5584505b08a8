import { randomUUID } from "node:crypto";
import { isAway, type Sql, type Store } from "./store/port.ts";

/** Milliseconds between two signs of life of an instance. */
const beatMs = 2000;
/** Milliseconds without one after which an instance is taken for dead. */
const deadAfterMs = 8000;
/** Earlier than any clock says. */
const longAgo = new Date(0).toISOString();

/** A process that carries out runs, for as long as nobody takes it for dead. */
export interface Instance {
  readonly id: string;
  /** Aborted once it may have been taken for dead: whatever it carries out may be another's by now. */
  readonly lost: AbortSignal;
}

/** This process among those that share the store. */
export interface Membership {
  /** Another one after it was taken for dead. */
  self(): Instance;
  /** Gives back what it carries out, for others to take up at once; where the store is away, as soon as they notice. */
  leave(): Promise<void>;
}

interface Options {
  /** The same for every process that had this state folder, of which one at a time can live. */
  readonly home: string;
  /** Called with each new name of this process before anything is done under it. */
  readonly named: (id: string) => void;
  /** Called when the runs of another instance have become free. */
  readonly freed: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Joins; whatever earlier processes of this home left is free at once. */
export async function joinInstances(store: Store, options: Options): Promise<Membership> {
  for (const row of await store.all("select id from instances")) {
    const id = String(row["id"]);
    if (store.kind === "sqlite" || id.startsWith(`${options.home}:`)) await bury(store, id);
  }
  const member = new Member(store, options);
  await member.join();
  if (store.kind === "postgres") member.live();
  return member;
}

class Member implements Membership {
  readonly #store: Store;
  readonly #options: Options;
  #id = "";
  #lost = new AbortController();
  #expiry: NodeJS.Timeout | undefined;
  #pulse: NodeJS.Timeout | undefined;
  #beat: Promise<void> | undefined;

  constructor(store: Store, options: Options) {
    this.#store = store;
    this.#options = options;
  }

  self(): Instance {
    return { id: this.#id, lost: this.#lost.signal };
  }

  async join(): Promise<void> {
    const id = `${this.#options.home}:${randomUUID()}`;
    const { now } = this.#store;
    await this.#store.run(`insert into instances values (?, ?, ${now})`, [id, new Date().toISOString()]);
    this.#id = id;
    this.#lost = new AbortController();
    this.#options.named(id);
  }

  /** Shows signs of life, and looks for those of the others. */
  live(): void {
    this.#expireIn(deadAfterMs);
    this.#pulse = setInterval(() => {
      this.#beat ??= this.#live()
        .catch(this.#options.onError)
        .finally(() => (this.#beat = undefined));
    }, beatMs);
  }

  async leave(): Promise<void> {
    clearInterval(this.#pulse);
    clearTimeout(this.#expiry);
    await this.#beat;
    // While the store is away it cannot; the others, or the next start, take this one for dead soon enough.
    await bury(this.#store, this.#id).catch((error: unknown) => {
      if (!isAway(error)) throw error;
    });
  }

  async #live(): Promise<void> {
    const sent = performance.now();
    if (this.#lost.signal.aborted || !(await seen(this.#store, this.#id, this.#store.now))) await this.#rise();
    this.#expireIn(deadAfterMs - (performance.now() - sent));
    const silent = `select id from instances where seen_at < ${this.#store.now} - ${deadAfterMs}`;
    for (const row of await this.#store.all(silent)) {
      if (await bury(this.#store, String(row["id"]), deadAfterMs)) await this.#options.freed();
    }
  }

  /** Nothing goes on under the old name: it is another instance from now on. */
  async #rise(): Promise<void> {
    this.#lose();
    await bury(this.#store, this.#id);
    await this.join();
    await this.#options.freed();
  }

  /** Not heard by the store for as long as others wait, it must assume that they no longer do. */
  #expireIn(milliseconds: number): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#lose(), Math.max(0, milliseconds));
  }

  #lose(): void {
    this.#lost.abort(new Error("this instance was taken for dead"));
  }
}

/** A sign of life by the store's own clock; `false` for an instance that was taken for dead. */
export async function seen(sql: Sql, id: string, now: string): Promise<boolean> {
  return (await sql.get(`update instances set seen_at = ${now} where id = ? returning id`, [id])) !== undefined;
}

/**
 * Takes an instance for dead, when it has shown no sign of life for `silentMs`: it can write nothing more, and what it
 * carried out is free. Returns whether it did.
 */
function bury(store: Store, id: string, silentMs?: number): Promise<boolean> {
  return store.transaction(async (sql) => {
    const silent = silentMs === undefined ? "" : `and seen_at < ${store.now} - ${silentMs}`;
    const dead = await sql.get(`delete from instances where id = ? ${silent} returning id`, [id]);
    if (dead === undefined) return false;
    await sql.run(
      `update ${store.workflowRuns} set worker_id = null, available_at = ?
       where status in ('pending', 'running', 'sleeping')
         and (worker_id like ? or id in (select engine_id from runs where instance = ? and outcome is null))`,
      [longAgo, `${id}/%`, id],
    );
    await sql.run("update runs set instance = null where instance = ? and outcome is null", [id]);
    await sql.announce("nonet_freed", id);
    return true;
  });
}
