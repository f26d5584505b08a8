import type { SessionInfo } from "@discordjs/ws";
import { z } from "zod";
import { toFailure } from "../../core/errors.ts";

/** Keeps one text over restarts. */
export interface Keep {
  /** `null` when there is none yet. */
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
}

/** The part of a log that is used here. */
export interface Log {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

const Kept = z.object({
  session: z
    .object({
      resumeURL: z.url({ protocol: /^wss?$/ }),
      sequence: z.int(),
      sessionId: z.string(),
      shardCount: z.int(),
      shardId: z.int(),
    })
    .nullable(),
  /** When Discord was last heard, in milliseconds since 1970; `null` when never. */
  heardAt: z.number().nullable(),
  /** When sessions were begun lately. */
  begun: z.array(z.number()),
});
type Kept = z.infer<typeof Kept>;

const nothing: Kept = { session: null, heardAt: null, begun: [] };

/**
 * The gateway's session, kept over restarts. Its sequence number says what has been heard: whatever is written before
 * something is done will not be heard a second time.
 */
export class Session {
  readonly #keep: Keep;
  readonly #log: Log;
  #kept: Kept;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(kept: Kept, keep: Keep, log: Log) {
    this.#kept = kept;
    this.#keep = keep;
    this.#log = log;
  }

  /** What cannot be read is forgotten: then events may be missed, which is announced when a session begins. */
  static async open(keep: Keep, log: Log): Promise<Session> {
    const text = await keep.read();
    return new Session(parsed(text) ?? nothing, keep, log);
  }

  get info(): SessionInfo | null {
    return this.#kept.session;
  }

  get heardAt(): number | null {
    return this.#kept.heardAt;
  }

  get begun(): readonly number[] {
    return this.#kept.begun;
  }

  set(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
  }

  /** Resolves once what is known now is written; calls that come together are written together. */
  save(): Promise<void> {
    if (this.#writing === undefined) {
      this.#writing = this.#write().finally(() => (this.#writing = undefined));
      return this.#writing;
    }
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      return this.save();
    });
    return this.#next;
  }

  async #write(): Promise<void> {
    await this.#keep.write(JSON.stringify(this.#kept)).catch((error: unknown) => {
      this.#log.warn({ reason: toFailure(error).message }, "the Discord session could not be kept");
    });
  }
}

function parsed(text: string | null): Kept | undefined {
  if (text === null) return undefined;
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
