import type { AskedRun, What } from "../auth/attempt.ts";
import type { Caller } from "../core/caller.ts";
import type { CallNotices, Command } from "../core/command.ts";
import { OpsError } from "../core/errors.ts";
import type { Notice } from "../core/notice.ts";
import { allOf } from "../core/words.ts";
import type { Inside } from "./inside.ts";

type Parts = Pick<Inside, "commands" | "runs" | "allow">;

/** Notices in the hands of one person at one place. */
export function callNotices(parts: Parts, caller: Caller, actor: string): CallNotices {
  const { notices, mutes } = parts.runs;
  return {
    open: async (cluster) => (await notices.open()).filter((each) => cluster === null || each.cluster === cluster),
    acknowledge: async (id) => acknowledgeNotice(parts, theOnly(id, await notices.beginning(id)), caller),
    // Whether the person may is decided with the command, whose option names the cluster.
    mutes: (cluster) => mutes.list(cluster),
    mute: (mute, milliseconds) => mutes.set({ ...mute, actor }, milliseconds),
    unmute: (cluster, about) => mutes.lift(cluster, about, actor),
  };
}

/**
 * Acknowledges what the person may see; a broken glass, what the person may review.
 * @throws OpsError a denial, `not_open` or `own_review`.
 */
export async function acknowledgeNotice(parts: Parts, notice: Notice, caller: Caller): Promise<Notice> {
  return parts.runs.notices.acknowledge(notice.id, parts.allow(caller, neededFor(parts.commands, notice)));
}

function neededFor(commands: readonly Command[], notice: Notice): What {
  if (notice.topic === "glass") return { kind: "use", command: named(commands, "reviews ack"), input: {} };
  return toSeeNotice(commands, notice);
}

/** What somebody must be allowed to do who sees it: it was asked for by nobody, so to see the runs of its cluster. */
export function toSeeNotice(commands: readonly Command[], { cluster }: Notice): What {
  const run: AskedRun = { playbook: "", input: null, cluster, risk: "read", actor: "" };
  return { kind: "see", command: named(commands, "runs show"), run };
}

function named(commands: readonly Command[], name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new TypeError(`there is no command ${name}`);
  return command;
}

function theOnly(id: string, found: readonly Notice[]): Notice {
  const [notice, ...more] = found;
  const hint = "/notices list shows the ids of notices.";
  if (notice === undefined) throw new OpsError({ code: "no_such_notice", message: `There is no notice ${id}.`, hint });
  if (more.length === 0) return notice;
  const message = `Several notices begin with ${id}: ${allOf(found.map((each) => `${each.id} (${each.title})`))}.`;
  throw new OpsError({ code: "ambiguous_notice", message, hint: "Type more of the id." });
}
