import type { Playbook } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import type { RecordOptions } from "./records.ts";
import type { ApprovalRules } from "./waiting.ts";

/** What an engine is made of. */
export interface EngineOptions<E = never> extends RecordOptions {
  readonly services: Services;
  readonly playbooks: readonly Playbook[];
  readonly rules: ApprovalRules;
  /** Stands for the store wherever nodes remember who changed them; one word. */
  readonly storeId: string;
  /** Called before the first run is taken up, so that a subscription made in it misses nothing. */
  readonly observe?: (engine: E) => Promise<void>;
}
