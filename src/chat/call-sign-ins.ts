import type { Caller } from "../core/caller.ts";
import type { CallSignIns } from "../core/command.ts";
import { OpsError } from "../core/errors.ts";
import type { Inside } from "./inside.ts";

type Parts = Pick<Inside, "runs" | "webUrl">;

/** The way into the web console in the hands of one person. */
export function callSignIns({ runs: { signIns }, webUrl }: Parts, { via, id }: Caller, actor: string): CallSignIns {
  return {
    link: async () => {
      const at = webUrl?.() ?? null;
      if (at === null) {
        const hint = "Whoever runs this bot adds web: to nonet.yaml (docs/web.md).";
        throw new OpsError({ code: "no_web_console", message: "There is no web console here.", hint });
      }
      // Or somebody who is in once could stay for ever.
      if (via === "web") {
        const hint = "For another screen, ask for a link in chat or at the console of the machine.";
        throw new OpsError({ code: "signed_in", message: "You are signed in already.", hint });
      }
      // Behind the #, where browsers keep it to themselves: it is in no request and so in no log.
      return `${at}/sign-in#${await signIns.issue({ actor, identity: { via, id } })}`;
    },
    endAll: () => signIns.endAll(actor),
  };
}
