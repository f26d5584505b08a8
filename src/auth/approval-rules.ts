import type { Authorizer } from "./authorize.ts";
import type { WhoMay } from "./who-may.ts";

/** What the engine asks before it asks people, and again before it does what they approved. Remembers nothing. */
export function approvalRules({ approvers, mayApprove }: Authorizer, current: () => WhoMay) {
  return {
    approvers,
    mayApprove,
    /** Whether a loss of data takes one-time codes: of everybody (`null`), or of this person. */
    needsCode: (person: string | null) => {
      const { dataloss, people } = current();
      return dataloss.oneTimeCode || people.some(({ name, totp }) => name === person && totp === true);
    },
    breakGlass: () => current().breakGlass,
  };
}
