import { atWeb, isOwnPlace, type Caller } from "../core/caller.ts";
import type { Command } from "../core/command.ts";
import type { Risk } from "../core/plan.ts";
import { anyOf } from "../core/words.ts";
import { clustersOf, type AskedRun, type Objection, type What } from "./attempt.ts";
import type { Principal } from "./principals.ts";
import { limitWords, rulesOf, within, type HeldRule } from "./rules.ts";
import type { Channel, WhoMay } from "./who-may.ts";

/** By what is decided: the configuration at this moment, and the commands there are. */
export interface Law {
  readonly whoMay: WhoMay;
  readonly commands: readonly Command[];
  /** Whether people can sign in at the web console. */
  readonly web: boolean;
}

/** Why this person may not do that there; `undefined` when nothing is in the way. */
export function objectionTo(law: Law, principal: Principal, caller: Caller, what: What): Objection | undefined {
  const place = objectionToPlace(law, caller, what);
  if (place !== undefined) return place;
  if (what.kind === "use" && what.command.access === "anyone") return undefined;
  if (what.kind !== "use" && what.run.actor === principal.name) {
    if (what.kind === "stop" || what.kind === "see") return undefined;
    if (mayConfirm(law, principal, caller, what.run)) return undefined;
    const { risk, cluster, actor } = what.run;
    // Of the two people that a loss of data takes, the requester may be one.
    const alone = what.kind === "break" || risk !== "outage" || !hasSecondPerson(law, actor, risk, cluster);
    if (!alone) return { kind: "second" };
  }
  if (what.kind === "stop" && mayGive(law, principal, caller, what.run)) return undefined;
  const near = principal.roles
    .flatMap((grant) => rulesOf(grant, law.whoMay.roles))
    .filter((rule) => isAbout(rule, what))
    .map((rule) => ({ role: rule.role, only: limitsOf(law, rule, caller, what) }));
  return near.some(({ only }) => only.length === 0) ? undefined : { kind: "role", near };
}

/** Everybody the configuration names who could do it at some place. */
export function ableTo(law: Law, what: What): Principal[] {
  return law.whoMay.people.filter((person) => mayAnywhere(law, person, what));
}

/** Whether this person could do it at some place. */
export function mayAnywhere(law: Law, person: Principal, what: What): boolean {
  return placesOf(law, person).some((place) => objectionTo(law, person, place, what) === undefined);
}

/** Whether anybody but the requester could approve a run of this risk. */
function hasSecondPerson(law: Law, requester: string, risk: Risk, cluster: string | null): boolean {
  // Asked for by nobody: who asked makes no difference to what others may.
  const run: AskedRun = { playbook: "", input: null, cluster, risk, actor: "" };
  return ableTo(law, { kind: "approve", run }).some(({ name }) => name !== requester);
}

/** Whether a rule allows such a thing at all, whatever else it asks. */
export function isAbout(rule: HeldRule, what: What): boolean {
  return "command" in what ? rule.uses(what.command) : rule.approve.includes(what.run.risk);
}

/** The configured channel somebody speaks in. */
export function channelOf({ whoMay }: Law, { via, channel }: Caller): Channel | undefined {
  return via === "console" || via === "web" || channel === null
    ? undefined
    : whoMay.channels.find((each) => each[via] === channel);
}

/** Whoever may still give the command confirms the reversible run it started. */
function mayConfirm(law: Law, principal: Principal, caller: Caller, run: AskedRun): boolean {
  return run.risk === "reversible" && mayGive(law, principal, caller, run);
}

/** Whether this person may give the command that starts such a run. */
function mayGive(law: Law, principal: Principal, caller: Caller, { playbook, input }: AskedRun): boolean {
  if (typeof input !== "object" || input === null) return false;
  return law.commands
    .filter(({ starts }) => starts === playbook)
    .some((command) => objectionTo(law, principal, caller, { kind: "use", command, input }) === undefined);
}

/** Wherever a person can act: at the consoles, in private, and in each channel of the platforms that know the person. */
function placesOf({ whoMay, web }: Law, person: Principal): Caller[] {
  const own = web ? [atWeb(person.name)] : [];
  const others = (["console", "slack", "discord"] as const).flatMap((via) => {
    const id = person[via];
    if (id === undefined) return [];
    const channels = via === "console" ? [] : whoMay.channels.flatMap((each) => each[via] ?? []);
    return [null, ...channels].map((channel) => ({ via, id, channel }));
  });
  return [...own, ...others];
}

/** Reading is possible in private; whatever changes or decides something, only where the team sees it. */
function objectionToPlace(law: Law, caller: Caller, what: What): Objection | undefined {
  if (isOwnPlace(caller)) return undefined;
  const access = what.kind === "use" ? what.command.access : what.kind === "see" ? "viewer" : "operator";
  const reads = access === "anyone" || access === "viewer";
  const channel = channelOf(law, caller);
  if (caller.external === true && (channel === undefined || !reads)) return { kind: "external" };
  if (channel === undefined) return reads ? undefined : { kind: "unbound" };
  return access === "anyone" || covers(channel.clusters ?? null, what) ? undefined : { kind: "elsewhere", channel };
}

/** Whether what is limited to some clusters reaches all that something is about. */
function covers(limit: readonly string[] | null, what: What): boolean {
  if (limit === null) return true;
  const clusters = clustersOf(what);
  if (clusters === null) return limit.length > 0;
  return clusters.length > 0 && clusters.every((cluster) => limit.includes(cluster));
}

/** All that keeps a rule from allowing it, in words that follow “only”. */
function limitsOf(law: Law, rule: HeldRule, caller: Caller, what: What): string[] {
  const limits: string[] = [];
  if (!covers(rule.clusters, what)) limits.push(`on ${anyOf(rule.clusters ?? []) || "no cluster"}`);
  const channel = channelOf(law, caller)?.name ?? "";
  if (rule.channels?.includes(channel) === false) limits.push(`in ${anyOf(rule.channels) || "no channel"}`);
  if (what.kind !== "use" || what.input === null) return limits;
  const values = new Map<string, unknown>(Object.entries(what.input));
  const missed = Object.entries(rule.where).filter(
    ([option, limit]) => !(what.partial === true && !values.has(option)) && !within(limit, values.get(option)),
  );
  return [...limits, ...missed.map(([option, limit]) => `with ${limitWords(option, limit)}`)];
}
