import { clustersOf } from "../auth/attempt.ts";
import type { Caller } from "../core/caller.ts";
import type { Call, Command } from "../core/command.ts";
import type { Filled, Receipt } from "../core/desk.ts";
import { OpsError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { placeOf, type Place } from "../core/mouth.ts";
import { findCommand, parseInput, readInput } from "../core/typed.ts";
import { answerCard } from "./answers.ts";
import { callNotices } from "./call-notices.ts";
import { callRuns } from "./call-runs.ts";
import { callSignIns } from "./call-sign-ins.ts";
import type { Inside } from "./inside.ts";
import type { Asked } from "./witness.ts";

/** What was asked for: the command, its title on a card, and its options once they are wanted. */
interface Request {
  readonly command: Command;
  readonly title: string;
  /** @throws OpsError `bad_input`. */
  readonly input: () => object;
}

type Tell = (asked: Asked) => void;

/** Commands that only look. */
const looks: ReadonlySet<Command["access"]> = new Set(["anyone", "viewer"]);

/** Reads, authorizes, records and runs what was typed. */
export function submitText(inside: Inside, text: string, caller: Caller): Promise<Receipt> {
  return inside.witness.watch("call", caller, (tell) => {
    const typed = findCommand(text, inside.commands, inside.commandsFor(caller));
    const request = { command: typed.command, title: text, input: () => readInput(typed) };
    return submit(inside, request, caller, tell);
  });
}

/** The same for a command whose options came one by one. */
export function submitFilled(inside: Inside, name: string, options: Filled, caller: Caller): Promise<Receipt> {
  return inside.witness.watch("call", caller, async (tell) => {
    const command = inside.commands.find((each) => each.name === name);
    if (command === undefined)
      throw new OpsError({ code: "unknown_command", message: `There is no command /${name}.` });
    const title = [`/${name}`, ...Object.values(options).filter(Boolean)].join(" ");
    return submit(inside, { command, title, input: () => parseInput(command, options) }, caller, tell);
  });
}

async function submit(inside: Inside, request: Request, caller: Caller, tell: Tell): Promise<Receipt> {
  const { services, runs, audit, allow, commandsFor, witness, commands, authorizer } = inside;
  const { command } = request;
  // Twice: whoever may not use it at all is not taught its options.
  tell({ cluster: null, data: { command: command.name }, understood: false });
  allow(caller, { kind: "use", command, input: null });
  const input = request.input();
  const asked = askedFor(command, input);
  tell(asked);
  const actor = allow(caller, { kind: "use", command, input });
  const recorded = witness.record("call", caller, asked);
  // A look is given also while the disk is full; what changes something leaves its trace or is not done.
  await (looks.has(command.access) ? recorded.catch(() => undefined) : recorded);
  const places = authorizer.placesOf(caller);
  const call: Call = {
    actor,
    via: caller.via,
    services,
    audit,
    commands: commandsFor(caller),
    runs: callRuns({ command, commands, runs, allow, places }, caller, actor),
    reviews: runs.reviews,
    notices: callNotices(inside, caller, actor),
    codes: runs.codes,
    signIns: callSignIns(inside, caller, actor),
    start: async (playbook, given) => {
      const shown = playbook.risk === "read" ? here(caller) : places;
      return { kind: "run", runId: await runs.start(playbook, given, actor, shown) };
    },
  };
  const reply = await command.run(call, input);
  if (reply.kind === "result") {
    const card = answerCard(request.title, reply.result);
    return { kind: "answer", card, result: reply.result, shared: !looks.has(command.access) };
  }
  for (const place of here(caller)) await runs.show(reply.runId, place);
  return reply;
}

/** Where somebody is; nowhere for a console, which follows its runs by itself. */
function here(caller: Caller): readonly Place[] {
  const place = placeOf(caller);
  return place === null ? [] : [place];
}

/** A command and its options as they were understood. */
function askedFor(command: Command, input: object): Asked {
  const clusters = clustersOf({ kind: "use", command, input }) ?? [];
  const plain: Json = JSON.parse(JSON.stringify(input));
  const cluster = clusters.length === 1 ? (clusters[0] ?? null) : null;
  return { cluster, data: { command: command.name, input: plain }, understood: true };
}
