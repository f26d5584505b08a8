import { Secret as Key, TOTP } from "otpauth";
import { OpsError } from "../core/errors.ts";
import type { OpenVault } from "./vault.ts";

/** A one-time code, before it is used up. */
export type CheckedCode =
  | { readonly kind: "needless" | "wrong" }
  | { readonly kind: "missing"; readonly problem: OpsError }
  /** `step` counts the half minutes since 1970; each is used once, in rising order. */
  | { readonly kind: "right"; readonly step: number };

/** One-time codes as of RFC 6238: six digits, half a minute each, one of them too early or too late is let pass. */
export interface OneTimeCodes {
  check(actor: string, code: string | undefined): Promise<CheckedCode>;
  /** Makes the secret of a person; returns what an authenticator app reads: `otpauth://…`. @throws OpsError `enrolled`. */
  enroll(actor: string): Promise<string>;
  /** Forgets it, so that the person can enroll again. Returns whether there was one. */
  forget(actor: string): Promise<boolean>;
}

const period = 30;

/** Opens the codes; `now` is in milliseconds since 1970. */
export function openOneTimeCodes(vault: OpenVault, now: () => number): OneTimeCodes {
  const totp = (actor: string, base32: string) =>
    new TOTP({ issuer: "Nonet", label: actor, period, secret: Key.fromBase32(base32) });
  return {
    check: async (actor, code) => {
      const secret = await vault.oneTimeSecret(actor);
      if (secret === undefined) return { kind: "missing", problem: notEnrolled };
      if (code === undefined) return { kind: "missing", problem: noCode };
      const timestamp = now();
      const delta = totp(actor, secret.reveal()).validate({ token: code, timestamp, window: 1 });
      return delta === null
        ? { kind: "wrong" }
        : { kind: "right", step: Math.floor(timestamp / 1000 / period) + delta };
    },
    enroll: async (actor) => {
      const secret = await vault.newOneTimeSecret(actor, () => new Key({ size: 20 }).base32);
      if (secret === undefined) {
        throw new OpsError({
          code: "enrolled",
          message: "You have one-time codes already; their secret is shown only once.",
          hint: "An admin can take them back with /totp forget, then enroll again.",
        });
      }
      return totp(actor, secret.reveal()).toString();
    },
    forget: (actor) => vault.forgetOneTimeSecret(actor),
  };
}

const notEnrolled = new OpsError({
  code: "needs_code",
  message: "This needs a one-time code of yours, and you have none.",
  hint: "Type /totp enroll at the console, then answer again with a code.",
});
const noCode = new OpsError({
  code: "needs_code",
  message: "This needs a one-time code of yours.",
  hint: "Answer again and add the code at the end.",
});
