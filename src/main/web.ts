import { openWeb } from "../chat/web/web.ts";
import type { WebSettings } from "../chat/web/settings.ts";
import type { Desk } from "../core/desk.ts";
import type { SignIns } from "../core/sign-in.ts";
import { listen } from "../telemetry/http.ts";
import type { Log } from "../telemetry/log.ts";

/** The web console of a bot. */
export interface WebServer {
  /** Where people find it; `null` before it is open and where it is not configured. */
  readonly url: () => string | null;
  /** Begins to listen, where that is configured. @throws OpsError `http_unusable` when it cannot. */
  open(desk: Desk, signIns: SignIns): Promise<void>;
  close(): Promise<void>;
}

/** Makes the web console ready to be opened. */
export function webServer(settings: WebSettings | null, log: Log): WebServer {
  let found: string | null = null;
  const closers: (() => void | Promise<void>)[] = [];
  return {
    url: () => found,
    open: async (desk, signIns) => {
      if (settings === null) return;
      const { url } = settings;
      const web = openWeb({ desk, signIns, log, now: Date.now, url: () => found ?? "http://localhost" });
      closers.push(web.close);
      const listener = await listen(web.fetch, settings, { what: "the web console", section: "web" });
      closers.push(listener.close);
      found = url ?? listener.url;
      log.info({ url: found }, `The web console is at ${found}.`);
    },
    close: async () => {
      for (const close of closers.splice(0)) await close();
    },
  };
}
