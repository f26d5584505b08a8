import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notFound } from "./errors.ts";
import { emptyState, labState } from "./state.ts";
import type { ConfigRecord, DiskRecord, LabState, LinodeRecord } from "./state.ts";

/** Linode keeps events for 90 days; a lab that lives long keeps this many. */
const keptEvents = 5000;

/** A moment (milliseconds since 1970) as the API writes it: `2026-01-01T00:00:00`, UTC. */
export const wireTime = (at: number): string => new Date(at).toISOString().slice(0, 19);

/** The present moment as the API writes it: UTC, no zone, no fraction. */
export function now(): string {
  return wireTime(Date.now());
}

/** Owner of the state file; loads it at construction and writes it whole, with an atomic rename, on `commit`. */
export class Store {
  readonly state: LabState;
  readonly #file: string;

  /** Throws when the file is there but is not a state of this version. */
  constructor(stateDir: string) {
    mkdirSync(stateDir, { recursive: true });
    this.#file = join(stateDir, "api.json");
    this.state = existsSync(this.#file) ? labState.parse(JSON.parse(readFileSync(this.#file, "utf8"))) : emptyState();
  }

  commit(): void {
    this.state.events.splice(0, this.state.events.length - keptEvents);
    const next = `${this.#file}.next`;
    writeFileSync(next, JSON.stringify(this.state), { mode: 0o600 });
    renameSync(next, this.#file);
  }

  nextId(kind: string): number {
    const id = (this.state.lastId[kind] ?? 0) + 1;
    this.state.lastId[kind] = id;
    return id;
  }

  /** Throws the 404 of the API when there is none. */
  linode(id: number): LinodeRecord {
    const found = this.state.linodes.find((linode) => linode.id === id);
    if (found === undefined) throw notFound();
    return found;
  }

  disksOf(linodeId: number): DiskRecord[] {
    return this.state.disks.filter((disk) => disk.linodeId === linodeId);
  }

  configsOf(linodeId: number): ConfigRecord[] {
    return this.state.configs.filter((config) => config.linodeId === linodeId);
  }

  addressesOf(linodeId: number): string[] {
    return this.state.addresses.filter((entry) => entry.linodeId === linodeId).map((entry) => entry.address);
  }
}
