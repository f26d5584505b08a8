/** As whom somebody speaks, and where: the id the platform itself vouches for. */
export interface Identity {
  readonly via: "slack" | "discord" | "console" | "web";
  /** At the web console the name of the person who signed in: Nonet vouches for that itself. */
  readonly id: string;
}

/** Somebody who types or clicks, at one place. Who that is, and what that person may do, the authorizer says. */
export interface Caller extends Identity {
  /** The platform's id of the channel; `null` at the console and at the web console. */
  readonly channel: string | null;
  /** People of other organisations can read along there. */
  readonly external?: boolean;
}

/** Whether Nonet itself serves this place, and nobody but the one who speaks is there. */
export const isOwnPlace = ({ via }: Identity): boolean => via === "console" || via === "web";

/** Somebody at the console of the machine. */
export const atConsole = (user: string): Caller => ({ via: "console", id: user, channel: null });

/** Somebody who has signed in at the web console: the same person as in chat, by name. */
export const atWeb = (name: string): Caller => ({ via: "web", id: name, channel: null });
