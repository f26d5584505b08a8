import type { Hono } from "hono";
import type { Hypervisor } from "../hypervisor.ts";
import type { Region } from "./catalog.ts";
import type { Jobs } from "./jobs.ts";
import type { Power } from "./power.ts";
import type { Store } from "./store.ts";

/** Faults that the lab plays, from `faults.json` in the state folder; read again at each request. */
export interface Faults {
  /** `down`: nginx answers 503; `closed`: the connection is cut; `429`: everything is limited. */
  readonly api: "down" | "closed" | "429" | null;
  /** Machines that a fault has powered off; the watchdog leaves them so. */
  readonly poweredOff: readonly number[];
  /** Announced for the host of a Linode, at a moment in milliseconds since 1970. */
  readonly maintenance: readonly { readonly id: number; readonly type: string; readonly at: number }[];
}

/** What the routes work with. */
export interface ApiContext {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly power: Power;
  readonly hypervisor: Hypervisor;
  readonly regions: readonly Region[];
  readonly faults: () => Faults;
}

/** Adds the routes of one part of the API to the application. */
export type Routes = (app: Hono, context: ApiContext) => void;
