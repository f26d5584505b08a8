import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { atWeb, type Caller } from "../../core/caller.ts";
import type { Desk } from "../../core/desk.ts";
import type { SignIns } from "../../core/sign-in.ts";

/** Seconds a browser keeps the cookie; the bot itself ends the session sooner or as soon. */
const maxAge = 12 * 3600;

/** Who is behind a request. */
export interface Sessions {
  /** Whoever is signed in, as a caller; `undefined` for nobody. Asked anew each time: rights end at once. */
  callerOf(context: Context): Promise<Caller | undefined>;
  /** Signs in by the token of a link. Returns the person's name; `undefined` when the link is good for nothing. */
  begin(context: Context, link: string): Promise<string | undefined>;
  end(context: Context): Promise<void>;
}

/** Opens the sessions; `isHttps` says how people reach the web console. */
export function openSessions(signIns: SignIns, desk: Desk, isHttps: () => boolean): Sessions {
  // Browsers take this prefix only from HTTPS, and let no other name or path set such a cookie.
  const prefix = () => (isHttps() ? "host" : undefined);
  const tokenOf = (context: Context) => getCookie(context, "nonet", prefix());
  return {
    callerOf: async (context) => {
      const token = tokenOf(context);
      const holder = token === undefined ? undefined : await signIns.holder(token);
      if (token === undefined || holder === undefined) return undefined;
      // Whoever is not this person any more in chat is nobody here, either.
      if (desk.nameOf(holder.identity) === holder.actor) return atWeb(holder.actor);
      await signIns.end(token);
      return undefined;
    },
    begin: async (context, link) => {
      const begun = await signIns.redeem(link);
      if (begun === undefined) return undefined;
      const { token, holder } = begun;
      const options = { path: "/", httpOnly: true, sameSite: "Strict", secure: isHttps(), maxAge } as const;
      setCookie(context, "nonet", token, isHttps() ? { ...options, prefix: "host" } : options);
      return holder.actor;
    },
    end: async (context) => {
      const token = tokenOf(context);
      if (token !== undefined) await signIns.end(token);
      deleteCookie(context, "nonet", { path: "/", secure: isHttps(), ...(isHttps() && { prefix: "host" as const }) });
    },
  };
}
