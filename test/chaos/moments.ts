import { AsyncLocalStorage } from "node:async_hooks";
import { baseRequest } from "@linode/api-v4";
import type { Playbook, Run } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";

/**
 * Something a bot passes on its way through a playbook: `create db1, before`, `create db1, read` (the first answer of
 * the API or a node is there), `base db1, to change` (it is about to change the node), `base db1, change 2` (the answer
 * to its second change is there), `base db1, after` (journaled).
 */
export type Moment = string;

/** The step at work, and what it did so far. */
interface Step {
  readonly name: string;
  reads: number;
  changes: number;
}

const working = new AsyncLocalStorage<Step>();
const never = new AbortController().signal;

/**
 * Makes a playbook tell the moments it passes; changes the playbook itself, because the bot knows it by identity.
 * @param deaf whether a change goes on when its run is halted, like a command that was on its way already
 */
export function tellMoments<I extends object>(
  playbook: Playbook<I>,
  pass: (moment: Moment) => void,
  deaf: boolean,
): void {
  const plain = { ...playbook };
  let plans = 0;
  const inside = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    pass(`${name}, before`);
    return working.run({ name, reads: 0, changes: 0 }, work);
  };
  Object.assign(playbook, {
    plan: (...[context, input]: Parameters<NonNullable<typeof plain.plan>>) =>
      inside(`plan ${(plans += 1)}`, async () => {
        const services = watched(context.services, pass, deaf);
        return plain.plan?.({ ...context, services }, input);
      }),
    run: (...[durable, input]: Parameters<typeof plain.run>) =>
      plain.run({ ...told(durable, inside, pass), services: watched(durable.services, pass, deaf) }, input),
  });
  baseRequest.interceptors.response.use((response) => {
    answered(response.config.method === "get" ? "read" : "change", pass);
    return response;
  });
}

function told(
  run: Run,
  inside: <T>(name: string, work: () => Promise<T>) => Promise<T>,
  pass: (moment: Moment) => void,
) {
  const { id, actor } = run;
  const step: Run["step"] = async (name, work) => {
    const value = await run.step(name, (context) => inside(name.name, () => work(context)));
    pass(`${name.name}, after`);
    return value;
  };
  const ask: Run["ask"] = (question) => run.ask(question);
  const parallel: Run["parallel"] = (items, work) => run.parallel(items, work);
  return { id, actor, step, ask, parallel };
}

function watched(services: Services, pass: (moment: Moment) => void, deaf: boolean): Services {
  return {
    ...services,
    fleet: (cluster, node) => {
      const target = services.fleet(cluster, node);
      const tell = async <T>(kind: "read" | "change", answer: Promise<T>): Promise<T> => {
        const value = await answer;
        answered(kind, pass);
        return value;
      };
      return {
        node: target.node,
        read: (facts, patience) => tell("read", target.read(facts, patience)),
        check: (items, patience) => tell("read", target.check(items, patience)),
        apply: (differences, changing) => {
          const step = working.getStore();
          if (step !== undefined) pass(`${step.name}, to change`);
          return tell("change", target.apply(differences, deaf ? { ...changing, signal: never } : changing));
        },
      };
    },
  };
}

function answered(kind: "read" | "change", pass: (moment: Moment) => void): void {
  const step = working.getStore();
  if (step === undefined) return;
  if (kind === "change") pass(`${step.name}, change ${(step.changes += 1)}`);
  else if ((step.reads += 1) === 1) pass(`${step.name}, read`);
}
