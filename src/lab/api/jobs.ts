import { setTimeout as delay } from "node:timers/promises";
import { busy } from "./errors.ts";
import { now } from "./store.ts";
import type { EntityRecord, EventRecord, LinodeRecord } from "./state.ts";
import type { Store } from "./store.ts";

/** Reports how far a job is, 0 to 100. */
type Progress = (percent: number) => void;

/** A piece of work that takes time and is followed through an event. */
export interface Job {
  readonly action: string;
  readonly secondary?: EntityRecord | null;
  readonly work: (progress: Progress) => Promise<void>;
}

/** How a Linode appears in events. */
export function linodeEntity(linode: LinodeRecord): EntityRecord {
  const id = linode.id;
  return { label: linode.label, id, type: "linode", url: `/v4/linode/instances/${String(id)}` };
}

/** Changes the status of a Linode; one that is being deleted stays so. */
export function setStatus(linode: LinodeRecord, status: LinodeRecord["status"]): void {
  if (linode.status !== "deleting") linode.status = status;
}

/** Runs jobs: any number at once, but one after the other for one Linode, which is busy meanwhile. */
export class Jobs {
  readonly #store: Store;
  readonly #stageMs: number;
  readonly #running = new Map<number, Promise<void>>();
  readonly #background = new Set<Promise<void>>();
  #closed = false;

  /** `stageMs` is how long a job waits before it starts, and how long each artificial stage of it takes. */
  constructor(store: Store, stageMs: number) {
    this.#store = store;
    this.#stageMs = stageMs;
  }

  busy(linodeId: number): boolean {
    return this.#running.has(linodeId);
  }

  /** Throws `Linode busy.` while a job of it runs. */
  requireIdle(linodeId: number): void {
    if (this.busy(linodeId)) throw busy();
  }

  /** Passes the time of one artificial stage. */
  async stage(): Promise<void> {
    await delay(this.#stageMs);
  }

  /** Records something that is done already. */
  note(action: string, entity: EntityRecord | null, secondary: EntityRecord | null = null): EventRecord {
    const event = this.#event(action, entity, secondary);
    event.status = "finished";
    event.percentComplete = 100;
    event.duration = 0;
    return event;
  }

  /** Starts jobs of a Linode, each after the one before it has finished; one that fails ends the series. */
  start(linode: LinodeRecord, ...jobs: readonly Job[]): void {
    const [first, ...later] = jobs;
    if (first === undefined) return;
    const event = this.#event(first.action, linodeEntity(linode), first.secondary ?? null);
    const series = this.#series(linode, event, first, later).finally(() => {
      this.#running.delete(linode.id);
      if (!this.#closed) this.#store.commit();
    });
    this.#running.set(linode.id, series);
  }

  /** Resolves once no job of the Linode runs. */
  async settled(linodeId: number): Promise<void> {
    await this.#running.get(linodeId);
  }

  /** Lets work go on that no event follows; `close` waits for it. It must not reject. */
  background(work: Promise<void>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }

  /** Resolves when no job runs any more; none may be started after this. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.values(), ...this.#background]);
  }

  async #series(linode: LinodeRecord, event: EventRecord, job: Job, later: readonly Job[]): Promise<void> {
    if (!(await this.#run(linode, event, job))) return;
    for (const next of later) {
      if (!this.#exists(linode)) return;
      const following = this.#event(next.action, linodeEntity(linode), next.secondary ?? null);
      if (!(await this.#run(linode, following, next))) return;
    }
  }

  async #run(linode: LinodeRecord, event: EventRecord, job: Job): Promise<boolean> {
    await this.stage();
    event.status = "started";
    event.startedAt = Date.now();
    try {
      if (this.#closed || !this.#exists(linode)) throw new Error("The Linode is gone.");
      await job.work((percent) => {
        event.percentComplete = percent;
      });
      event.status = "finished";
      event.percentComplete = 100;
    } catch (error) {
      event.status = "failed";
      event.message = error instanceof Error ? error.message : String(error);
    }
    event.duration = (Date.now() - event.startedAt) / 1000;
    if (!this.#closed) this.#store.commit();
    return event.status === "finished";
  }

  #exists(linode: LinodeRecord): boolean {
    return linode.status !== "deleting" && this.#store.state.linodes.includes(linode);
  }

  #event(action: string, entity: EntityRecord | null, secondary: EntityRecord | null): EventRecord {
    const event: EventRecord = {
      id: this.#store.nextId("event"),
      created: now(),
      action,
      status: "scheduled",
      percentComplete: 0,
      startedAt: Date.now(),
      duration: null,
      entity,
      secondaryEntity: secondary,
      message: "",
      seen: false,
    };
    this.#store.state.events.push(event);
    return event;
  }
}
