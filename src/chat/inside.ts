import type { What } from "../auth/attempt.ts";
import type { Authorizer } from "../auth/authorize.ts";
import type { Audit } from "../core/audit.ts";
import type { ApprovalView } from "../core/approval.ts";
import type { Caller } from "../core/caller.ts";
import type { Command, OneTimeCodes } from "../core/command.ts";
import { OpsError } from "../core/errors.ts";
import type { Answer } from "../core/friction.ts";
import type { RunView } from "../core/journal.ts";
import type { Place } from "../core/mouth.ts";
import type { Notices } from "../core/notice.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import type { Reviews } from "../core/reviews.ts";
import type { SignIns } from "../core/sign-in.ts";
import type { Mutes } from "../core/watch.ts";
import type { PeoplesRuns } from "./call-runs.ts";
import type { Witness } from "./witness.ts";

/** The part of the engine that chat needs. */
export interface Runs extends PeoplesRuns {
  /** Starts a run, or joins the unfinished one of the same playbook and input; these places are shown its card. Returns its id. */
  start<I extends object>(playbook: Playbook<I>, input: I, actor: string, places: readonly Place[]): Promise<string>;
  /** From now on this place is shown the card of the run as well. */
  show(runId: string, place: Place): Promise<void>;
  /** The id of the message that is the card of the run at this place; `null` when there is none (yet). */
  messageOf(runId: string, place: Place): Promise<string | null>;
  /** Somebody has opened all of a plan that is too long for its card. */
  planOpened(approvalId: string, actor: string): Promise<void>;
  hasOpened(approvalId: string, actor: string): Promise<boolean>;
  /** `undefined` for a run nobody started. */
  view(runId: string): Promise<RunView | undefined>;
  decide(answer: Answer): Promise<void>;
  /** Calls back with the view now and after every event; returns how to stop that. */
  follow(runId: string, listener: (view: RunView) => void): () => void;
  /** Calls back whenever something has happened in any run; returns how to stop that. */
  watch(changed: () => void): () => void;
  readonly reviews: Reviews;
  readonly notices: Notices;
  readonly mutes: Mutes;
  readonly codes: OneTimeCodes;
  readonly signIns: SignIns;
}

/** What the desk is made of. */
export interface DeskParts {
  readonly commands: readonly Command[];
  readonly services: Services;
  readonly runs: Runs;
  readonly authorizer: Authorizer;
  readonly audit: Audit;
  /** Where the web console is: `https://nonet.example.org`; without it there is none. */
  readonly webUrl?: () => string | null;
}

/** What the desk's own parts share. */
export interface Inside extends DeskParts {
  /** Returns the name of the person. @throws OpsError the denial. */
  readonly allow: (caller: Caller, what: What) => string;
  readonly may: (caller: Caller, what: What) => boolean;
  readonly commandsFor: (caller: Caller) => readonly Command[];
  readonly witness: Witness;
}

/** @throws OpsError `no_such_run`. */
export async function findRun(runs: Runs, runId: string): Promise<RunView> {
  const view = await runs.view(runId);
  if (view !== undefined) return view;
  throw new OpsError({ code: "no_such_run", message: `There is no run ${runId}.` });
}

/** Why there is nothing to answer. */
export function nothingAsked(last: ApprovalView | null): OpsError {
  if (last === null) return new OpsError({ code: "nothing_asked", message: "This run asks nothing right now." });
  const by = last.by === null ? "" : ` by ${last.by}`;
  return new OpsError({ code: "approval_closed", message: `This was already ${last.verdict ?? "closed"}${by}.` });
}
