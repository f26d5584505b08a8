import type { Events, State } from "../wire.ts";
import { ask, Refused } from "./api.ts";

/** How the page stands to the bot. */
export type Link =
  | { readonly kind: "connecting" | "live" | "signed-out" }
  /** Since when (milliseconds since 1970) nothing was heard. */
  | { readonly kind: "lost"; readonly since: number };

/** Milliseconds of silence after which nothing on the page counts as true any more; the bot gives a sign every four seconds. */
const silenceMs = 12_000;
const retryMs = { first: 500, longest: 10_000 };

/** Hears what is true from now on. `skew` is how far the bot's clock is ahead, in milliseconds. */
export function hear(
  runId: string | null,
  told: { state(state: State, skew: number): void; link(link: Link): void },
): void {
  let source: EventSource | undefined;
  let last = "";
  let heard = Date.now();
  let wait = retryMs.first;
  const alive = (now: number) => {
    heard = Date.now();
    wait = retryMs.first;
    told.link({ kind: "live" });
    return now - heard;
  };
  const lost = () => {
    source?.close();
    source = undefined;
    told.link({ kind: "lost", since: heard });
    setTimeout(() => void again(), wait);
    wait = Math.min(wait * 2, retryMs.longest);
  };
  const again = async () => {
    try {
      await ask("/api/who");
      connect();
    } catch (error) {
      if (error instanceof Refused && error.status === 401) told.link({ kind: "signed-out" });
      else lost();
    }
  };
  const connect = () => {
    const query = new URLSearchParams({ ...(runId !== null && { run: runId }), ...(last !== "" && { last }) });
    source = new EventSource(`/api/live?${query}`);
    const on = <E extends keyof Events>(event: E, then: (data: Events[E], id: string) => void) =>
      source?.addEventListener(event, (message) => then(JSON.parse(message.data), message.lastEventId));
    on("state", ({ now, state }, id) => {
      last = id;
      told.state(state, alive(now));
    });
    on("beat", ({ now }) => alive(now));
    on("over", lost);
    source.addEventListener("error", () => source !== undefined && lost());
  };
  setInterval(() => {
    if (source !== undefined && Date.now() - heard > silenceMs) lost();
  }, 1000);
  void again();
}
