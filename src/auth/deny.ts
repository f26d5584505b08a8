import { isOwnPlace } from "../core/caller.ts";
import { OpsError } from "../core/errors.ts";
import type { Risk } from "../core/plan.ts";
import { allOf, anyOf } from "../core/words.ts";
import { clustersOf, type Attempt, type NearMiss, type Objection, type What } from "./attempt.ts";
import { ableTo, channelOf, isAbout, type Law } from "./objection.ts";
import type { Principal } from "./principals.ts";
import { rolesThat } from "./rules.ts";

/** A refusal for somebody nobody named; it tells nothing about anybody else. */
export function denyStranger({ caller, what }: Attempt): OpsError {
  return new OpsError({
    code: "forbidden",
    message: `${subject(what)} is for people this bot knows, and ${caller.id} is none of them.`,
    state: stateAfter(what),
    hint: "Whoever runs this bot can name people and roles in nonet.yaml.",
  });
}

/**
 * A refusal in words for the person who gets it: what was needed, what that person has, who could help. Who has which
 * right is told only at the console and in channels of the configuration, never where strangers read along.
 */
export function deny(law: Law, { caller, what }: Attempt, principal: Principal, found: Objection): OpsError {
  const objection: Objection = caller.external === true ? { kind: "external" } : found;
  const told = isOwnPlace(caller) || channelOf(law, caller) !== undefined;
  const names = told ? ableTo(law, what).flatMap(({ name }) => (name === principal.name ? [] : [name])) : [];
  return new OpsError({
    code: objection.kind === "second" ? "needs_second_person" : "forbidden",
    message: `${subject(what)} ${reason(law, what, principal, objection)}.`,
    state: stateAfter(what),
    hint: hintFor(objection, names),
  });
}

function reason({ whoMay }: Law, what: What, { name, roles }: Principal, objection: Objection): string {
  switch (objection.kind) {
    case "external":
      return "is not for you in a channel that people from elsewhere can read";
    case "unbound":
      return "is only for the channels of the team, and this is none of them";
    case "elsewhere":
      return `is not for the channel ${objection.channel.name}, which is for ${anyOf(objection.channel.clusters ?? []) || "no cluster"} only`;
    case "second":
      return `needs the yes of somebody else, because ${name} asked for it`;
    case "role": {
      if (objection.near.length > 0) return `is not for ${name}: ${objection.near.map(but).join("; ")}`;
      const needed = anyOf(rolesThat(whoMay.roles, (rule) => isAbout(rule, what)));
      const has = roles.map(({ role, cluster }) => (cluster === null ? role : `${role} on ${cluster}`));
      return `needs the role ${needed}, and ${name} ${has.length === 0 ? "has none" : `is ${allOf(has)}`}`;
    }
  }
}

const but = ({ role, only }: NearMiss): string => `${role} may do it only ${allOf(only)}`;

function hintFor({ kind }: Objection, names: readonly string[]): string {
  if (kind === "external") return "Use a channel of your own team.";
  if (kind === "unbound") return "Whoever runs this bot lists the team's channels in nonet.yaml.";
  if (kind === "elsewhere") return "Use a channel of that cluster.";
  return names.length === 0 ? "Whoever runs this bot can change roles in nonet.yaml." : `Ask ${anyOf(names)}.`;
}

const stateAfter = (what: What): string => ("command" in what ? "Nothing was done." : "This answer does not count.");

const risks: Record<Risk, string> = {
  read: "a look",
  reversible: "a reversible change",
  outage: "an outage",
  dataloss: "a loss of data",
};

const deeds = { approve: "Approving", stop: "Stopping", break: "Going on alone with" };

/** `/cluster build on prod`, `Approving an outage on prod`. */
function subject(what: What): string {
  const clusters = clustersOf(what) ?? [];
  const where = clusters.length === 0 ? "" : ` on ${allOf(clusters)}`;
  if ("command" in what) return `/${what.command.name}${where}`;
  return `${deeds[what.kind]} ${risks[what.run.risk]}${where}`;
}
