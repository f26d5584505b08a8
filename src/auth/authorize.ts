import type { Access } from "../core/command.ts";
import { OpsError } from "../core/errors.ts";
import { accessLevels, type Principal } from "./principals.ts";

/** One thing somebody wants to do. */
export interface Attempt {
  /** `undefined` for somebody nobody named in the configuration. */
  readonly principal: Principal | undefined;
  /** How that somebody is called where the attempt comes from. */
  readonly actor: string;
  readonly access: Access;
  /** In the words of the answer: `/cluster build`. */
  readonly what: string;
}

/** Why this must not be done; `undefined` when it may. The only place that decides, for every way in. */
export function authorize({ principal, actor, access, what }: Attempt): OpsError | undefined {
  if (principal !== undefined && accessLevels.indexOf(principal.role) >= accessLevels.indexOf(access)) return undefined;
  const role = principal === undefined ? "nobody it knows" : `only ${principal.role}`;
  return new OpsError({
    code: "forbidden",
    message: `${what} needs the role ${access}, and ${actor} is ${role}.`,
    state: "Nothing was done.",
    hint: "Whoever runs this bot can name people and roles in nonet.yaml.",
  });
}

/** Whether there are at least two people with this role, so that one can ask another. */
export function hasSecondPerson(principals: readonly Principal[], access: Access): boolean {
  const able = principals.filter(({ role }) => accessLevels.indexOf(role) >= accessLevels.indexOf(access));
  return able.length > 1;
}
