import type { Caller, Identity } from "../core/caller.ts";
import type { Command } from "../core/command.ts";
import type { OpsError } from "../core/errors.ts";
import type { AskedRun, Attempt } from "./attempt.ts";
import { deny, denyStranger } from "./deny.ts";
import { placeOf, type Place } from "../core/mouth.ts";
import { ableTo, channelOf, mayAnywhere, objectionTo } from "./objection.ts";
import { whoIs, type Principal } from "./principals.ts";
import type { WhoMay } from "./who-may.ts";

/** It may be done, by this person; or it may not, and why. */
type Ruling =
  | { readonly may: true; readonly principal: Principal }
  | { readonly may: false; readonly denial: OpsError };

/** The only place that decides, for every way in. */
export interface Authorizer {
  readonly authorize: (attempt: Attempt) => Ruling;
  /** What the configuration calls somebody; `null` for a stranger. */
  readonly nameOf: (identity: Identity) => string | null;
  /**
   * Names of all who could approve the run. The owner of the machine counts only as the one who asked for it or when the
   * configuration names that user: the user of a service is nobody.
   */
  readonly approvers: (run: AskedRun) => readonly string[];
  /**
   * Where everybody concerned sees what this caller starts: here, and in the same channel of the other platform; of what
   * is started at the web console, in the channel that is named for it.
   */
  readonly placesOf: (caller: Caller) => readonly Place[];
  /** Whether a person's yes to the run, given before, still counts. */
  readonly mayApprove: (person: string, run: AskedRun) => boolean;
}

/**
 * Opens the authorizer. It remembers nothing: every answer is made from the configuration of that moment. `owner` is
 * the user who runs the bot.
 */
export function openAuthorizer(parts: {
  readonly current: () => WhoMay;
  readonly owner: string;
  readonly commands: readonly Command[];
  /** Where there is a web console, everybody can act whom the configuration names; its channel is shown what is started. */
  readonly web?: { readonly channel: string | null } | null;
}): Authorizer {
  const web = parts.web ?? null;
  const law = () => ({ whoMay: parts.current(), commands: parts.commands, web: web !== null });
  const mayApprove = (person: string, run: AskedRun) => {
    const now = law();
    const { people } = now.whoMay;
    const principal =
      people.find(({ name }) => name === person) ??
      (person === parts.owner ? whoIs(people, { via: "console", id: parts.owner }, parts.owner) : undefined);
    if (principal?.name !== person) return false;
    // Somebody who broke the glass needs the same right as somebody who approves.
    const kind = run.actor === person ? "break" : "approve";
    return mayAnywhere(now, principal, { kind: "approve", run }) || mayAnywhere(now, principal, { kind, run });
  };
  return {
    authorize: (attempt) => {
      const now = law();
      const principal = whoIs(now.whoMay.people, attempt.caller, parts.owner);
      if (principal === undefined) return { may: false, denial: denyStranger(attempt) };
      const objection = objectionTo(now, principal, attempt.caller, attempt.what);
      if (objection === undefined) return { may: true, principal };
      return { may: false, denial: deny(now, attempt, principal, objection) };
    },
    placesOf: (caller) => {
      const now = law();
      const named = now.whoMay.channels.find(({ name }) => caller.via === "web" && name === web?.channel);
      const { slack, discord } = named ?? channelOf(now, caller) ?? {};
      const beside = Object.entries({ slack, discord }).flatMap(([via, id]) =>
        id === undefined ? [] : [`${via}:${id}`],
      );
      const place = placeOf(caller);
      return beside.length > 0 ? beside : place === null ? [] : [place];
    },
    nameOf: (identity) => whoIs(law().whoMay.people, identity, parts.owner)?.name ?? null,
    approvers: (run) => {
      const named = ableTo(law(), { kind: "approve", run }).map(({ name }) => name);
      const own = !named.includes(run.actor) && mayApprove(run.actor, run);
      return own ? [run.actor, ...named] : named;
    },
    mayApprove,
  };
}
