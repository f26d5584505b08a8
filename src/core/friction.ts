import { OpsError } from "./errors.ts";
import type { Risk } from "./plan.ts";
import { anyOf } from "./words.ts";

/** What it takes to say yes, as it was when it was asked. */
export interface Need {
  /** How many different people. */
  readonly people: 1 | 2;
  /** Whether the yes of the one who asked counts. */
  readonly self: boolean;
  /** Must be typed by at least one of them: the cluster's name; `null` when a click is enough. */
  readonly typed: string | null;
  /** Everybody who could, by name. */
  readonly who: readonly string[];
  /** More people would be asked if there were any. */
  readonly alone: boolean;
  /** Everyone who says yes adds a one-time code. */
  readonly code: boolean;
  /** The one who asked may go on alone with a reason. */
  readonly breakGlass: boolean;
}

/** What somebody answers. */
export interface Answer {
  readonly approvalId: string;
  /** Of what the person looked at. */
  readonly hash: string;
  /** `break-glass` is a yes by the one who asked, alone. */
  readonly verdict: "approved" | "rejected" | "break-glass";
  readonly actor: string;
  readonly via: string;
  /** What the person typed to say yes. */
  readonly typed?: string;
  /** A one-time code. */
  readonly code?: string;
  /** Why the glass is broken. */
  readonly reason?: string;
}

/** A yes that counts. */
export interface Vote {
  readonly actor: string;
  /** Whether the cluster's name was typed. */
  readonly typed: boolean;
  readonly via: string;
}

/**
 * How much is asked before something of this risk. `who` are all who could approve it at this moment, the requester
 * among them where that person's own right would do.
 */
export function needOf(
  risk: Exclude<Risk, "read">,
  parts: {
    readonly cluster: string | null;
    readonly requester: string;
    readonly who: readonly string[];
    readonly oneTimeCode: boolean;
    readonly breakGlass: boolean;
  },
): Need {
  const { cluster, requester, who } = parts;
  const others = who.filter((name) => name !== requester);
  if (risk === "reversible") {
    return { people: 1, self: true, typed: null, who, alone: false, code: false, breakGlass: false };
  }
  if (risk === "outage") {
    const self = others.length === 0;
    const breakGlass = parts.breakGlass && !self;
    return { people: 1, self, typed: null, who: self ? who : others, alone: self, code: false, breakGlass };
  }
  const alone = who.length < 2;
  const breakGlass = parts.breakGlass && !alone;
  return { people: alone ? 1 : 2, self: true, typed: cluster, who, alone, code: parts.oneTimeCode, breakGlass };
}

/** Whether these votes are enough. */
export function isMet(need: Need, votes: readonly Vote[], requester: string): boolean {
  const counting = new Set(votes.flatMap(({ actor }) => (need.self || actor !== requester ? [actor] : [])));
  return counting.size >= need.people && (need.typed === null || votes.some(({ typed }) => typed));
}

/** What an answer is given to. */
interface Asked {
  readonly hash: string;
  readonly requester: string;
  readonly risk: Risk;
  readonly need: Need;
}

/** Why this answer cannot count; `undefined` when it can. */
export function objectionToAnswer(asked: Asked, votes: readonly Vote[], answer: Answer): OpsError | undefined {
  const { need, requester, risk } = asked;
  const { actor } = answer;
  if (answer.hash !== asked.hash) {
    return new OpsError({
      code: "plan_is_stale",
      message: "The plan you answered is not the one that is waiting.",
      state: "Nothing was changed.",
      hint: "Look at the newest plan of this run and answer that one.",
    });
  }
  if (answer.verdict === "rejected") return undefined;
  if (answer.verdict === "break-glass") return objectionToBreaking(asked, answer);
  if (!need.self && actor === requester) {
    return new OpsError({
      code: "needs_second_person",
      message: `You asked for this yourself; ${risk} needs the yes of somebody else.`,
      hint: need.who.length === 0 ? "Ask another person with the role to approve it." : `Ask ${anyOf(need.who)}.`,
    });
  }
  if (votes.some((vote) => vote.actor === actor)) {
    return new OpsError({
      code: "already_answered",
      message: "You have already said yes; it needs the yes of somebody else as well.",
      hint: `Ask ${anyOf(need.who.filter((name) => name !== actor))}.`,
    });
  }
  const last = votes.length + 1 >= need.people;
  if (last && need.typed !== null && ![...votes, voteOf(need, answer)].some(({ typed }) => typed)) {
    return new OpsError({
      code: "needs_typed_name",
      message: `This loses data: type the cluster's name, ${need.typed}, to approve it.`,
      state: "Nothing was changed.",
    });
  }
  return undefined;
}

function objectionToBreaking({ need, requester }: Asked, { actor, reason = "" }: Answer): OpsError | undefined {
  if (!need.breakGlass) {
    return new OpsError({
      code: "no_break_glass",
      message: need.self && need.people === 1 ? "There is no glass to break here." : "Nobody may go on alone here.",
      hint: "Whoever runs this bot can allow it for emergencies with breakGlass: true in nonet.yaml.",
    });
  }
  if (actor !== requester) {
    return new OpsError({
      code: "no_break_glass",
      message: `Only ${requester}, who asked for this, may go on alone.`,
      hint: "You can approve it instead.",
    });
  }
  if (reason.trim() === "") {
    return new OpsError({ code: "needs_reason", message: "Say why: break-glass and then the reason." });
  }
  return undefined;
}

/** The vote that an answer is. */
export function voteOf(need: Need, { actor, typed, via }: Answer): Vote {
  return { actor, typed: need.typed !== null && typed?.trim() === need.typed, via };
}

/** What must be typed now to say yes: `yes`, or the cluster's name while nobody has typed it. */
export function wordFor(need: Need, votes: readonly Vote[]): string {
  return need.typed === null || votes.some(({ typed }) => typed) ? "yes" : need.typed;
}

/**
 * Reads what somebody typed as an answer: `yes`, `demo 123456`, `break-glass the site is down`; the rest is a no, and
 * so is a `yes` by whoever alone must type the name.
 */
export function readAnswer(need: Need, text: string): Pick<Answer, "verdict" | "typed" | "code" | "reason"> {
  const [, words = "", code] = /^(.*?)(?:\s+(\d{6}))?$/s.exec(text.trim()) ?? [];
  const coded = code === undefined ? {} : { code };
  const [first = "", ...rest] = words.split(/\s+/);
  if (first === "break-glass") return { verdict: "break-glass", reason: rest.join(" "), ...coded };
  const untyped = words === "yes" && (need.typed === null || need.people > 1);
  if (untyped || words === need.typed) return { verdict: "approved", typed: words, ...coded };
  return { verdict: "rejected" };
}

/** Who must still say yes, and how, in sentences. */
export function needWords(need: Need, votes: readonly Vote[], requester: string): string {
  const missing = need.who.filter((name) => !votes.some(({ actor }) => actor === name));
  const names = missing.length === 0 ? "somebody with the role" : anyOf(missing);
  const word = wordFor(need, votes);
  const [first] = votes;
  const typing = word === "yes" ? "" : `, and ${need.people === 1 ? "must type" : "one of them must type"} ${word}`;
  const sentences = [
    first !== undefined
      ? `${votes.length} of ${need.people}: ${first.actor} has approved, ${names} must too${word === "yes" ? "" : ` and type ${word}`}.`
      : need.alone
        ? `Nobody else could approve it, so ${names} alone decides${word === "yes" ? "" : ` and must type ${word}`}.`
        : need.people === 2
          ? `Two different people must approve, of ${names}${typing}.`
          : need.self
            ? `${names} can approve it.`
            : `Somebody other than ${requester} must approve: ${names}.`,
    ...(need.code ? ["Everyone adds a one-time code to the answer."] : []),
    ...(need.breakGlass ? [`In an emergency ${requester} can go on alone: break-glass and the reason.`] : []),
  ];
  return sentences.join(" ");
}
