import { z } from "zod";
import type { Slack } from "./client.ts";
import { codeOf, isRefusal } from "./failures.ts";

/** Name of the metadata of Nonet's messages. Everybody in the workspace can read it: it holds the key, nothing else. */
const eventType = "nonet_said";

/** Milliseconds after which nothing is said again. */
const repeatedWithinMs = 24 * 3600_000;
/** Messages that are looked at. */
const looked = 500;
/** What this process has said lately. */
const remembered = 2000;

/** A message in a channel, or below another one. */
export interface Spot {
  readonly channel: string;
  /** Id of the message above. */
  readonly thread: string | null;
}

/** What goes with a message so that it can be found again. */
export const metadataOf = (key: string) => ({ event_type: eventType, event_payload: { key } });

/** The name of a file that is said under this key. */
export const fileName = (key: string): string => `nonet-${key.replaceAll(/[^A-Za-z0-9-]/g, "-")}.txt`;

const Message = z.object({
  ts: z.string(),
  app_id: z.string().optional(),
  bot_profile: z.object({ app_id: z.string().optional() }).optional(),
  metadata: z
    .object({ event_payload: z.object({ key: z.string() }) })
    .optional()
    .catch(undefined),
  files: z
    .array(z.object({ name: z.string().nullish() }))
    .optional()
    .catch(undefined),
});

/** Says each thing once, also when nobody knows whether Slack heard it. */
export class Said {
  readonly #slack: Slack;
  readonly #app: string;
  readonly #now: () => number;
  /** By key: the id of the message, or `null` while it is not known whether there is one. */
  readonly #known = new Map<string, string | null>();

  constructor(slack: Slack, app: string, now: () => number) {
    this.#slack = slack;
    this.#app = app;
    this.#now = now;
  }

  /**
   * Posts under a key, unless that was done; where an attempt was made before whose fate is unknown (`again`), by this
   * process or another one, that is looked up in the channel.
   */
  async once(key: string, spot: Spot, again: boolean, post: () => Promise<string>): Promise<string> {
    const known = this.#known.get(key);
    if (typeof known === "string") return known;
    const before = known === null || again ? await this.#find(key, spot) : undefined;
    if (before !== undefined) return this.#remember(key, before);
    this.#remember(key, null);
    try {
      return this.#remember(key, await post());
    } catch (error) {
      if (isRefusal(error)) this.#known.delete(key);
      throw error;
    }
  }

  #remember<T extends string | null>(key: string, id: T): T {
    this.#known.delete(key);
    this.#known.set(key, id);
    const [oldest] = this.#known.keys();
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest);
    return id;
  }

  async #find(key: string, { channel, thread }: Spot): Promise<string | undefined> {
    const oldest = String((this.#now() - repeatedWithinMs) / 1000);
    const range = { channel, oldest, limit: looked, include_all_metadata: true };
    try {
      const { messages = [] } = await this.#slack.call("urgent", async (web): Promise<{ messages?: object[] }> =>
        thread === null ? web.conversations.history(range) : web.conversations.replies({ ...range, ts: thread }),
      );
      return z
        .array(Message)
        .parse(messages)
        .find((message) => this.#isOwn(message, key))?.ts;
    } catch (error) {
      // Said twice is better than not at all.
      if (codeOf(error) === "missing_scope") return undefined;
      throw error;
    }
  }

  #isOwn({ app_id, bot_profile, metadata, files }: z.infer<typeof Message>, key: string): boolean {
    if (files?.some(({ name }) => name === fileName(key)) === true) return true;
    return (app_id ?? bot_profile?.app_id) === this.#app && metadata?.event_payload.key === key;
  }
}
