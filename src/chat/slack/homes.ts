import type { Caller } from "../../core/caller.ts";
import { homeView } from "./home.ts";
import type { Inside } from "./inside.ts";
import type { People } from "./people.ts";

/** People whose home tabs are kept fresh. */
const most = 200;

/** Home tabs: what is going on, as far as the person may see it. */
export class Homes {
  readonly #inside: Inside & { readonly people: People };
  /** Who has opened it, the last one last. */
  readonly #opened = new Set<string>();

  constructor(inside: Inside & { readonly people: People }) {
    this.#inside = inside;
  }

  /** Shows somebody the home tab, and keeps it fresh from now on. Whoever may see nothing sees an empty one. */
  async open(user: string): Promise<void> {
    this.#opened.delete(user);
    this.#opened.add(user);
    const [oldest] = this.#opened;
    if (this.#opened.size > most && oldest !== undefined) this.#opened.delete(oldest);
    await this.refresh(user);
  }

  /** Shows it again to somebody who did something. Where that fails, it is as fresh as before. */
  async refresh(user: string): Promise<void> {
    if (!this.#opened.has(user)) return;
    const { desk, slack, people, log, now } = this.#inside;
    const caller: Caller = { via: "slack", id: user, channel: null };
    try {
      await people.check(user);
      const view = homeView(await desk.board(caller), now());
      await slack.call("lossy", (web) => web.views.publish({ user_id: user, view }));
    } catch (error) {
      log.warn({ err: error }, "a home tab could not be shown");
    }
  }
}
