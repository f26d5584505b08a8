import type { Block, KnownBlock } from "@slack/types";
import type { Log, Slack } from "./client.ts";

/** Something to show. */
export interface Shown {
  /** Plain words, for notifications and whoever cannot see blocks. */
  readonly text: string;
  readonly blocks?: readonly (KnownBlock | Block)[];
}

/** Whom to answer, and where. */
export interface Asker {
  readonly user: string;
  readonly channel: string;
  /** Id of the message above, in a thread. */
  readonly thread: string | null;
  /** Slack's own address for answers: five uses, half an hour. */
  readonly responseUrl: string | null;
}

/** Milliseconds Slack has to take an answer. */
const answerMs = 10_000;

/** Answers people; an answer that cannot be given is logged, for there is nobody left to tell. */
export class Answers {
  readonly #slack: Slack;
  readonly #log: Log;
  readonly #apiUrl: string;

  constructor(parts: { readonly slack: Slack; readonly log: Log; readonly apiUrl: string }) {
    this.#slack = parts.slack;
    this.#log = parts.log;
    this.#apiUrl = parts.apiUrl;
  }

  /** Tells only the one who asked, or everybody in the channel. */
  async give(asker: Asker, { text, blocks }: Shown, to: "asker" | "everybody"): Promise<void> {
    const below = asker.thread === null ? {} : { thread_ts: asker.thread };
    const content = { text, ...(blocks === undefined ? {} : { blocks: [...blocks] }), ...below };
    try {
      if (await this.#respond(asker.responseUrl, content, to)) return;
      await this.#slack.call("urgent", async (web) => {
        const { user, channel } = asker;
        if (to === "asker") return web.chat.postEphemeral({ channel, user, ...content });
        return web.chat.postMessage({ channel, ...content, unfurl_links: false, unfurl_media: false });
      });
    } catch (error) {
      this.#log.warn({ err: error, channel: asker.channel }, "an answer could not be given");
    }
  }

  /** Whether Slack took it; the address may be used up, too old, or not Slack's. */
  async #respond(url: string | null, content: object, to: "asker" | "everybody"): Promise<boolean> {
    if (url === null || !this.#isSlack(url)) return false;
    const response_type = to === "asker" ? "ephemeral" : "in_channel";
    const body = JSON.stringify({ ...content, response_type, replace_original: false });
    const headers = { "Content-Type": "application/json" };
    const signal = AbortSignal.timeout(answerMs);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal }).catch(
      () => undefined,
    );
    return response?.ok === true;
  }

  /** What comes with a request is no reason to send anything anywhere else. */
  #isSlack(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { protocol, hostname, origin } = new URL(url);
    const slacks = protocol === "https:" && /(^|\.)slack(-gov)?\.com$/.test(hostname);
    return slacks || origin === new URL(this.#apiUrl).origin;
  }
}
