/** As whom somebody speaks, and where: the id the platform itself vouches for. */
export interface Identity {
  readonly via: "slack" | "discord" | "console";
  readonly id: string;
}

/** Somebody who types or clicks, at one place. Who that is, and what that person may do, the authorizer says. */
export interface Caller extends Identity {
  /** The platform's id of the channel; `null` at the console. */
  readonly channel: string | null;
  /** People of other organisations can read along there. */
  readonly external?: boolean;
}

/** Somebody at the console of the machine. */
export const atConsole = (user: string): Caller => ({ via: "console", id: user, channel: null });
