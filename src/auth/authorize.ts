import type { Command } from "../core/command.ts";
import type { OpsError } from "../core/errors.ts";
import type { Risk } from "../core/plan.ts";
import type { Attempt } from "./attempt.ts";
import { deny, denyStranger } from "./deny.ts";
import { hasSecondPerson, objectionTo } from "./objection.ts";
import { whoIs, type Principal } from "./principals.ts";
import type { WhoMay } from "./who-may.ts";

/** It may be done, by this person; or it may not, and why. */
type Ruling =
  | { readonly may: true; readonly principal: Principal }
  | { readonly may: false; readonly denial: OpsError };

/** The only place that decides, for every way in. */
export interface Authorizer {
  readonly authorize: (attempt: Attempt) => Ruling;
  /**
   * Whether anybody but the requester could approve. The owner of the machine counts only when the configuration names
   * that user: the user of a service is nobody.
   */
  readonly hasSecondPerson: (requester: string, risk: Risk, cluster: string | null) => boolean;
}

/**
 * Opens the authorizer. It remembers nothing: every answer is made from the configuration of that moment. `owner` is
 * the user who runs the bot.
 */
export function openAuthorizer(parts: {
  readonly current: () => WhoMay;
  readonly owner: string;
  readonly commands: readonly Command[];
}): Authorizer {
  const law = () => ({ whoMay: parts.current(), commands: parts.commands });
  return {
    authorize: (attempt) => {
      const now = law();
      const principal = whoIs(now.whoMay.people, attempt.caller, parts.owner);
      if (principal === undefined) return { may: false, denial: denyStranger(attempt) };
      const objection = objectionTo(now, principal, attempt.caller, attempt.what);
      if (objection === undefined) return { may: true, principal };
      return { may: false, denial: deny(now, attempt, principal, objection) };
    },
    hasSecondPerson: (requester, risk, cluster) => hasSecondPerson(law(), requester, risk, cluster),
  };
}
