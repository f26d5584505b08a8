import type { Identity } from "./caller.ts";

/** Who asked for a link to the web console, and as whom: as long as both belong together, the sign-in is good. */
export interface Holder {
  /** Name of the person. */
  readonly actor: string;
  readonly identity: Identity;
}

/** Sign-ins to the web console. Links and sessions are known by random tokens, which are kept as hashes only. */
export interface SignIns {
  /** The token of a link that signs in once, within five minutes. */
  issue(holder: Holder): Promise<string>;
  /** Uses a link up; returns the token of a new session, `undefined` for a link that was used, is too old or never was. */
  redeem(link: string): Promise<{ readonly token: string; readonly holder: Holder } | undefined>;
  /** Who is signed in; `undefined` once that has ended. To ask is to use it: an hour without ends it, and so do 12 hours. */
  holder(session: string): Promise<Holder | undefined>;
  /** Signs out. */
  end(session: string): Promise<void>;
  /** Ends all sessions of a person and takes back the links; returns how many sessions there were. */
  endAll(actor: string): Promise<number>;
}
