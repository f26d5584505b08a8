import type { Playbook } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import type { State } from "./state.ts";
import type { ApprovalRules } from "./waiting.ts";

/** Where the engine says what no run can: the shape of pino. */
interface Log {
  error(context: object, message: string): void;
}

/** What an engine is made of. */
export interface EngineOptions<E = never> {
  /** Stays open when the engine closes. */
  readonly state: State;
  readonly services: Services;
  readonly playbooks: readonly Playbook[];
  readonly log: Log;
  readonly rules: ApprovalRules;
  /** Stands for the store wherever nodes remember who changed them; one word. */
  readonly storeId: string;
  /** Called before the first run is taken up, so that a subscription made in it misses nothing. */
  readonly observe?: (engine: E) => Promise<void>;
}
