import { describeFailure, toFailure } from "../../core/errors.ts";
import type { Asker } from "./answers.ts";
import { useCommand } from "./commands.ts";
import { told } from "./failures.ts";
import { Homes } from "./homes.ts";
import type { Inside, Visit } from "./inside.ts";
import type { Envelope, Received } from "./line.ts";
import { answerSubmission, askForLine, submitModal } from "./modals.ts";
import { Once } from "./once.ts";
import { foreign, keysOf, originOf, type Pinned } from "./origin.ts";
import { readPayload, type Heard } from "./payload.ts";
import type { People } from "./people.ts";
import { press } from "./presses.ts";
import { plainly } from "./show.ts";

/** What a dispatcher works with. */
export interface DispatcherOptions extends Inside {
  readonly pinned: Pinned;
  readonly people: People;
}

/** The one way in, for everything that Slack sends over whatever. */
export interface Dispatcher {
  /** What to answer at once, and what to do after that; waits for nothing. */
  readonly receive: (envelope: Envelope) => Received;
  /** Resolves once nothing is under way. */
  idle(): Promise<void>;
}

const nothing: Received = { work: () => Promise.resolve() };

/** Opens the way in. */
export function openDispatcher(options: DispatcherOptions): Dispatcher {
  const { pinned, log } = options;
  const once = new Once(options.now);
  const homes = new Homes(options);
  const underway = new Set<Promise<void>>();
  /** Clicks that are being dealt with: one more by the same person is a double click. */
  const pressing = new Set<string>();
  const attend = async (heard: Heard): Promise<void> => {
    if (heard.kind === "home") return homes.open(heard.data.event.user);
    if (heard.kind !== "press") return visit(options, homes, heard);
    const { user, container, actions } = heard.data;
    const click = JSON.stringify([user.id, container, actions[0].action_id]);
    if (pressing.has(click)) return;
    pressing.add(click);
    await visit(options, homes, heard).finally(() => pressing.delete(click));
  };
  return {
    receive({ kind, id, body }) {
      const heard = readPayload(kind, body);
      if (heard === undefined) return nothing;
      const strange = foreign(originOf(heard), pinned);
      if (strange !== undefined) {
        log.warn({ from: strange, kind }, "something came from elsewhere and was refused");
        return nothing;
      }
      const answer = heard.kind === "modal" ? answerSubmission(options, heard.data) : undefined;
      // A modal that is not right yet stays open and is sent again.
      if (answer?.response_action === "errors") return { ...nothing, answer };
      const keys = [...keysOf(heard), ...(id === null ? [] : [`envelope:${id}`])];
      return {
        ...(answer === undefined ? {} : { answer }),
        work: async () => {
          if (!once.first(keys)) return;
          const attending = attend(heard);
          underway.add(attending);
          await attending.finally(() => underway.delete(attending));
        },
      };
    },
    async idle() {
      await Promise.all(underway);
    },
  };
}

/** Establishes who and where, does what was asked for, and tells the person when that does not work. */
async function visit(options: DispatcherOptions, homes: Homes, heard: Exclude<Heard, { kind: "home" }>): Promise<void> {
  const { people, answers, log } = options;
  const asker = askerOf(heard);
  const { user: id, channel } = asker;
  try {
    const [{ external, member }] = await Promise.all([people.where(channel), people.check(id)]);
    await serve(options, heard, { caller: { via: "slack", id, channel, external }, asker, member });
  } catch (error) {
    const failure = toFailure(told(error));
    if (failure.code === "internal")
      log.error({ err: error, kind: heard.kind }, "something from Slack could not be done");
    await answers.give(asker, plainly(describeFailure(failure)), "asker");
  }
  await homes.refresh(id);
}

function serve(inside: Inside, heard: Exclude<Heard, { kind: "home" }>, by: Visit): Promise<void> {
  switch (heard.kind) {
    case "command":
      return useCommand(inside, by, heard.data);
    case "modal":
      return submitModal(inside, by, heard.data);
    case "shortcut":
      return askForLine(inside, by, heard.data);
    case "press":
      return press(inside, by, heard.data);
  }
}

/** Who did it, and where that person hears of it. */
function askerOf(heard: Exclude<Heard, { kind: "home" }>): Asker {
  switch (heard.kind) {
    case "command": {
      const { user_id: user, channel_id: channel, response_url: responseUrl } = heard.data;
      return { user, channel, thread: null, responseUrl };
    }
    case "modal": {
      const { channel, thread, responseUrl } = heard.data.view.private_metadata;
      return { user: heard.data.user.id, channel, thread, responseUrl };
    }
    case "shortcut": {
      const { user, channel, response_url: responseUrl, message } = heard.data;
      return { user: user.id, channel: channel.id, thread: message.thread_ts ?? null, responseUrl };
    }
    case "press": {
      const { user, container, response_url: responseUrl = null } = heard.data;
      return { user: user.id, channel: container.channel_id, thread: null, responseUrl };
    }
  }
}
