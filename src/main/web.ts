import { openWeb } from "../chat/web/web.ts";
import type { WebSettings } from "../chat/web/settings.ts";
import type { Desk } from "../core/desk.ts";
import type { SignIns } from "../core/sign-in.ts";
import { listen } from "../telemetry/http.ts";
import type { Log } from "../telemetry/log.ts";

/** The web console of a bot, listening. */
export interface WebServer {
  /** Where people find it. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the web console. @throws OpsError `http_unusable` when it cannot listen there. */
export async function serveWeb(
  { url, ...address }: WebSettings,
  { desk, signIns, log }: { readonly desk: Desk; readonly signIns: SignIns; readonly log: Log },
): Promise<WebServer> {
  let found = url ?? "";
  const web = openWeb({ desk, signIns, log, now: Date.now, url: () => found });
  const listener = await listen(web.fetch, address, { what: "the web console", section: "web" });
  found = url ?? listener.url;
  log.info({ url: found }, `The web console is at ${found}.`);
  return {
    url: found,
    close: async () => {
      web.close();
      await listener.close();
    },
  };
}
