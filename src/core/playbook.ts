import type { z } from "zod";
import type { Next } from "./action.ts";
import type { Ask, Verdict } from "./ask.ts";
import type { Drawing } from "./drawing.ts";
import { OpsError, toFailure } from "./errors.ts";
import type { Json } from "./json.ts";
import { wholePlan, type Plan, type PlanParts, type Risk } from "./plan.ts";
import type { Services } from "./ports.ts";
import type { Table } from "./table.ts";
import { allOf } from "./words.ts";

/** A typed recipe. */
export interface Playbook<I extends object = object> {
  /** `build`; unique. */
  readonly name: string;
  /** Raised whenever the names or the order of its steps change. */
  readonly version: number;
  readonly input: z.ZodType<I>;
  readonly risk: Risk;
  /** The cluster it works on; one changing run per cluster. */
  cluster(input: I): string | null;
  /**
   * What would change; changes nothing itself. Where there is one and it is not empty, a person approves it before
   * `run` begins, and it is made again right before: a different one is asked again.
   */
  plan?(context: PlanContext, input: I): Promise<Plan>;
  /** Everything with an effect or a changing answer happens inside steps; the code between them must be repeatable. */
  run(run: Run, input: I): Promise<Result>;
}

/** What a playbook is declared with: of its plan, only what the playbook itself knows. */
type PlaybookParts<S extends z.ZodObject> = Omit<Playbook<z.infer<S>>, "input" | "plan"> & {
  readonly input: S;
  readonly plan?: (context: PlanContext, input: z.infer<S>) => Promise<PlanParts>;
};

/** Declares a playbook; its input schema keeps its own type, so that commands can take their options from it. */
export function playbook<S extends z.ZodObject>({
  plan,
  ...parts
}: PlaybookParts<S>): Omit<Playbook<z.infer<S>>, "input"> & { readonly input: S } {
  if (plan === undefined) return parts;
  return { ...parts, plan: async (context, input) => wholePlan(parts, input, await plan(context, input)) };
}

/** What a step works with. */
export interface StepContext {
  /** Aborted when the run is cancelled or the engine stops: for waits and reads. */
  readonly signal: AbortSignal;
  /** Aborted only when the engine stops: for a change in flight, which a cancel lets finish. */
  readonly steady: AbortSignal;
  /** Progress in one short sentence, shown until the next one. */
  readonly say: (sentence: string) => void;
}

/** What planning works with. */
export interface PlanContext extends StepContext {
  readonly services: Services;
}

/** How a step is known. */
export interface StepName {
  /** Unique in the run and the same at every replay: `create db1`. */
  readonly name: string;
  /** What people read: `Create db1`. */
  readonly title: string;
  /** The node it is about, when it is about one. */
  readonly node?: string;
}

/** The name of a step about one node: `stepOn(web1, "restart", "Restart PHP")` is `restart web1`, “Restart PHP on web1”. */
export function stepOn({ name: node }: { readonly name: string }, name: string, title: string): StepName {
  return { name: `${name} ${node}`, title: `${title} on ${node}`, node };
}

/** How a step ended. */
export interface StepOutcome<T> {
  /** What it found or did, one sentence a person can read. */
  readonly sentence: string;
  /** Plain JSON without secrets: it is journaled and handed out again at replay. */
  readonly value?: T;
  /** How many things were changed; 0 when left out. */
  readonly changed?: number;
}

/** One durable execution, as a playbook sees it. */
export interface Run {
  readonly id: string;
  readonly actor: string;
  readonly services: Services;
  /**
   * Does `work` once and journals its outcome; a replay returns the journaled value. The step that was in flight at a
   * crash is done again, so `work` must be harmless to repeat.
   * @throws OpsError what `work` failed with, also at replay.
   */
  step<T = void>(name: StepName, work: (context: StepContext) => Promise<StepOutcome<T>>): Promise<T>;
  /**
   * Asks people before something risky and waits for them, for hours if need be, also over restarts; who may answer
   * depends on the risk as for a plan. One thing at a time; steps beside it come to their end meanwhile.
   * @throws OpsError `cancelled` when the run was cancelled instead of answered.
   */
  ask(ask: Ask): Promise<Verdict>;
  /**
   * Runs `work` for all items at once and waits for every one of them.
   * @throws OpsError the first failure by the items' order; its message names the other nodes that failed as well.
   */
  parallel<A, T>(items: readonly A[], work: (item: A) => Promise<T>): Promise<T[]>;
}

/** How a run ended. */
export interface Result {
  readonly ok: boolean;
  /** One line that says whether things agree. */
  readonly verdict: string;
  readonly table?: Table;
  /** Further text, shown as it is. */
  readonly text?: string;
  /** What it found, as a picture; what it shows is in the verdict, the table or the text as well. */
  readonly drawing?: Drawing;
  /** What is or became different, a line each that begins with `+ `, `- `, `~ ` or two blanks. */
  readonly diff?: readonly string[];
  /** Commands that would do something about it; each is offered as a button and never given by itself. */
  readonly next?: readonly Next[];
  /** For programs: part of what `--json` prints. */
  readonly data?: Json;
}

/**
 * `Run.parallel`: waits for all, then throws the first failure with all of them named. Whatever was cancelled is no
 * failure of its own, but in which state it was left is told.
 */
export async function inParallel<A, T>(items: readonly A[], work: (item: A) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(items.map(work));
  const failures = settled.flatMap((one) => (one.status === "rejected" ? [toFailure(one.reason)] : []));
  const [first, ...others] = failures;
  if (first === undefined) return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const also = others.flatMap(({ code, node, message }) =>
    code === "cancelled" ? [] : [`${node === undefined ? "" : `${node}: `}${message}`],
  );
  const message = also.length === 0 ? first.message : `${first.message} Failed as well: ${also.join(" ")}`;
  const left = [first, ...others.filter(({ code }) => code === "cancelled")].flatMap(({ state }) => state ?? []);
  throw new OpsError({ ...first, message, ...(left.length === 0 ? {} : { state: [...new Set(left)].join(" ") }) });
}

/**
 * Works on one node after the other and stops at the first that fails.
 * @throws OpsError that failure; it also says which nodes are done and which were not touched.
 */
export async function oneByOne<N extends { readonly name: string }, T>(
  nodes: readonly N[],
  work: (node: N) => Promise<T>,
): Promise<T[]> {
  const done: T[] = [];
  for (const [at, node] of nodes.entries()) {
    try {
      done.push(await work(node));
    } catch (error) {
      const failure = toFailure(error);
      const names = nodes.map(({ name }) => name);
      const told = [
        failure.state,
        at === 0 ? undefined : `Done before: ${allOf(names.slice(0, at))}.`,
        at + 1 === nodes.length ? undefined : `Not touched: ${allOf(names.slice(at + 1))}.`,
      ].filter((part) => part !== undefined);
      throw new OpsError({ ...failure, ...(told.length === 0 ? {} : { state: told.join(" ") }) });
    }
  }
  return done;
}
