import type { z } from "zod";
import type { Audit } from "./audit.ts";
import { ClusterName } from "./cluster.ts";
import type { LatestRuns, RunView } from "./journal.ts";
import type { Lock } from "./lock.ts";
import type { Notice } from "./notice.ts";
import { withoutOptional } from "./option.ts";
import type { Playbook, Result } from "./playbook.ts";
import type { Caller } from "./caller.ts";
import type { Services } from "./ports.ts";
import type { Reviews } from "./reviews.ts";
import type { Mute } from "./watch.ts";

/**
 * What a person must be allowed to do: `viewer` reads, `operator` changes, `admin` destroys; `anyone` is everybody whom
 * the configuration names.
 */
export type Access = "anyone" | "viewer" | "operator" | "admin";

/** The secrets that people's one-time codes are made from. */
export interface OneTimeCodes {
  /** Makes the one of a person; returns what an authenticator app reads. @throws OpsError `enrolled`. */
  enroll(person: string): Promise<string>;
  /** Returns whether there was one. */
  forget(person: string): Promise<boolean>;
}

/** Ways into the web console for the person who gives a command. */
export interface CallSignIns {
  /** Makes a link that signs in once; returns its address. @throws OpsError `no_web_console` or `signed_in`. */
  link(): Promise<string>;
  /** Ends all sessions of the person; returns how many there were. */
  endAll(): Promise<number>;
}

/** One use of a command by somebody. */
export interface Call {
  /** Name of the person. */
  readonly actor: string;
  readonly via: Caller["via"];
  readonly services: Services;
  readonly reviews: Reviews;
  readonly notices: CallNotices;
  readonly codes: OneTimeCodes;
  readonly signIns: CallSignIns;
  readonly audit: Audit;
  /** Starts (or joins) a run of this playbook; the reply is its card, live until the end. */
  start<I extends object>(playbook: Playbook<I>, input: I): Promise<Reply>;
  readonly runs: CallRuns;
  /** What the same person may use at the same place, for help. */
  readonly commands: readonly Command[];
}

/** Runs and locks, as far as the same person may see and change them. */
export interface CallRuns {
  /** Of all clusters for `null`. */
  latest(cluster: string | null): Promise<LatestRuns>;
  /**
   * The run whose id is or begins like this.
   * @throws OpsError `no_such_run`, `ambiguous_run`, or a denial when the person may not do that with it.
   */
  find(id: string, to: "see" | "stop" | "repeat"): Promise<RunView>;
  /** Returns how soon it ends. */
  cancel(run: RunView): Promise<"at once" | "at the next safe point">;
  /** Starts what a run was started for once more; `link` says that it carries that run on. */
  again(run: RunView, link: boolean): Promise<Reply>;
  /** Locks a cluster or, `null`, all. Returns the lock that is there already, if one is. */
  lock(cluster: string | null, reason: string): Promise<Lock | undefined>;
  /** Returns the lock that was lifted; `undefined` when there is none. */
  unlock(cluster: string | null, reason: string | null): Promise<Lock | undefined>;
}

/** Notices and mutes, as far as the same person may see, acknowledge and change them. */
export interface CallNotices {
  /** Those that wait to be acknowledged, oldest first; of all clusters for `null`. */
  open(cluster: string | null): Promise<readonly Notice[]>;
  /**
   * Acknowledges the one whose id is or begins like this.
   * @throws OpsError `no_such_notice`, `ambiguous_notice`, `not_open`, `own_review`, or a denial.
   */
  acknowledge(id: string): Promise<Notice>;
  /** Mutes that hold; of all clusters for `null`. */
  mutes(cluster: string | null): Promise<readonly Mute[]>;
  /** Returns the mute, which takes the place of the one for the same. `milliseconds` is how long it holds. */
  mute(mute: Pick<Mute, "cluster" | "about" | "reason">, milliseconds: number): Promise<Mute>;
  /** Returns the one that was lifted; `undefined` when there is none. */
  unmute(cluster: string, about: string | null): Promise<Mute | undefined>;
}

/** What comes back from a command: a run to follow, or an answer at once. */
export type Reply =
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "result"; readonly result: Result };

/**
 * A slash command. Positional words fill the options in the order of `input`; `key=value` and `--key value` name them.
 * The last option may be `freeText`, which takes the rest of the line as it was typed.
 */
export interface Command<I extends object = object> {
  /** `cluster build`, without the slash. */
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly input: z.ZodType<I> & { readonly shape: Record<string, z.ZodType> };
  /** Name of the playbook it starts: who may use the command may confirm the reversible runs it started. */
  readonly starts?: string;
  run(call: Call, input: I): Promise<Reply>;
}

/** Declares a command. */
export function command<S extends z.ZodRawShape>(parts: {
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly input: z.ZodObject<S>;
  run(call: Call, input: z.infer<z.ZodObject<S>>): Promise<Reply>;
}): Command {
  return parts as unknown as Command;
}

/** Declares the command that starts a playbook with what was typed. */
export function commandFor<S extends z.ZodRawShape>(
  playbook: Omit<Playbook<z.infer<z.ZodObject<S>>>, "input"> & { readonly input: z.ZodObject<S> },
  parts: Pick<Command, "name" | "summary" | "access">,
): Command {
  const { input, name: starts } = playbook;
  return { ...command({ ...parts, input, run: (call, given) => call.start(playbook, given) }), starts };
}

/** An answer at once. */
export const answer = (result: Result): Reply => ({ kind: "result", result });

/** The options of a command that name a cluster: those declared as `ClusterName`. */
export function clusterOptions({ input }: Command): string[] {
  return Object.entries(input.shape).flatMap(([option, schema]) =>
    withoutOptional(schema) === ClusterName ? [option] : [],
  );
}
