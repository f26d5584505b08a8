import type { Caller } from "../../core/caller.ts";
import { homeView } from "./home.ts";
import type { Inside } from "./inside.ts";

/** People whose home tabs are kept fresh. */
const most = 200;

/** Home tabs: what is going on, as far as the person may see it. */
export class Homes {
  readonly #inside: Inside;
  /** Who has opened it, the last one last. */
  readonly #opened = new Set<string>();

  constructor(inside: Inside) {
    this.#inside = inside;
  }

  /** Shows somebody the home tab, and keeps it fresh from now on. */
  async show(caller: Caller): Promise<void> {
    const { desk, slack, now } = this.#inside;
    this.#opened.delete(caller.id);
    this.#opened.add(caller.id);
    const [oldest] = this.#opened;
    if (this.#opened.size > most && oldest !== undefined) this.#opened.delete(oldest);
    const view = homeView(await desk.board(caller), now());
    await slack.call("lossy", (web) => web.views.publish({ user_id: caller.id, view }));
  }

  /** Shows it again to somebody who did something. Where that fails, it is as fresh as before. */
  async refresh(user: string): Promise<void> {
    if (!this.#opened.has(user)) return;
    await this.show({ via: "slack", id: user, channel: null }).catch((error: unknown) =>
      this.#inside.log.warn({ err: error }, "a home tab could not be shown"),
    );
  }
}
