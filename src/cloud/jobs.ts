import { getEvent, getEvents, getLinode } from "@linode/api-v4";
import type { CloudContext } from "../core/cloud.ts";
import { OpsError } from "../core/errors.ts";
import { counted } from "../core/words.ts";
import type { LinodeClient } from "./client.ts";
import { eventWire, linodeWire } from "./wire.ts";
import type { EventWire, LinodeWire } from "./wire.ts";

const working = new Set(["scheduled", "started"]);

const doing: Readonly<Record<string, string>> = {
  linode_create: "deploying",
  linode_rebuild: "deploying",
  linode_boot: "booting",
  lassie_reboot: "booting",
  linode_shutdown: "shutting down",
};

/** Reads one Linode. */
export async function readLinode(client: LinodeClient, id: number, context: CloudContext): Promise<LinodeWire> {
  const what = `read Linode ${String(id)}`;
  return client.call({ what, schema: linodeWire, send: () => getLinode(id) }, context);
}

async function events(client: LinodeClient, id: number, context: CloudContext): Promise<EventWire[]> {
  const filter = { "entity.id": id, "entity.type": "linode", "+order_by": "created", "+order": "desc" };
  const what = `read the events of Linode ${String(id)}`;
  return client.all({ what, schema: eventWire }, (params) => getEvents(params, filter), context);
}

/** Polls until `look` returns something; a job that takes longer than jobs may is an error. */
export async function waitFor<T>(
  client: LinodeClient,
  what: string,
  look: () => Promise<T | null>,
  context: CloudContext,
): Promise<T> {
  const until = Date.now() + client.jobMs;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (Date.now() >= until)
      throw new OpsError({
        code: "cloud_stuck",
        message: `Waited ${counted(Math.round(client.jobMs / 60_000), "minute")} to ${what}, and it did not end.`,
        hint: "Look at the events of the Linode in Cloud Manager, then run the same command again.",
      });
    await client.pause(client.pollMs, context);
  }
}

/** Throws when the job failed, else says whether it has ended. */
function ended(event: EventWire, label: string): boolean {
  if (event.status === "failed" || event.status === "canceled")
    throw new OpsError({
      code: "cloud_job_failed",
      message: `Linode's job ${event.action} for ${label} failed${event.message ? ` (${event.message})` : ""}.`,
      hint: "Run the same command again; it carries on with what is there.",
    });
  return !working.has(event.status);
}

function describe(event: EventWire): string {
  return `${doing[event.action] ?? event.action.replaceAll("_", " ")} ${String(event.percent_complete ?? 0)} %`;
}

async function followEvent(
  client: LinodeClient,
  label: string,
  event: EventWire,
  context: CloudContext,
): Promise<void> {
  const what = `follow a job of ${label}`;
  let latest = event;
  let said = "";
  const look = async (): Promise<true | null> => {
    if (ended(latest, label)) return true;
    const sentence = describe(latest);
    if (sentence !== said) context.say(sentence);
    said = sentence;
    latest = await client.call({ what, schema: eventWire, send: () => getEvent(event.id) }, context);
    return ended(latest, label) ? true : null;
  };
  await waitFor(client, what, look, context);
}

/** A job to start and to wait for. */
export interface LinodeJob {
  readonly id: number;
  readonly label: string;
  /** The event's name, such as `linode_boot`. */
  readonly action: string;
  readonly start: () => Promise<unknown>;
  /** Is it already as the job would make it? Asked while no event of the job shows. */
  readonly reached: () => Promise<boolean>;
}

/**
 * Starts a job and resolves once it has finished. The job's event is the first whose id was not known before the job
 * was started: neither the clock nor the order of events can be relied on.
 */
export async function runJob(client: LinodeClient, job: LinodeJob, context: CloudContext): Promise<void> {
  const known = new Set((await events(client, job.id, context)).map((event) => event.id));
  await job.start();
  const event = await waitFor(
    client,
    `see the job ${job.action} of ${job.label} begin`,
    async () => {
      const fresh = (await events(client, job.id, context)).find(
        (candidate) => candidate.action === job.action && !known.has(candidate.id),
      );
      return fresh ?? ((await job.reached()) ? "reached" : null);
    },
    context,
  );
  if (event !== "reached") await followEvent(client, job.label, event, context);
}

const stable = new Set(["running", "offline", "stopped"]);

/** Waits until nothing happens to a Linode any more; resolves with what it then is. */
export async function settle(client: LinodeClient, id: number, context: CloudContext): Promise<LinodeWire> {
  return waitFor(
    client,
    `see Linode ${String(id)} settle`,
    async () => {
      const linode = await readLinode(client, id, context);
      if (stable.has(linode.status)) return linode;
      const current = (await events(client, id, context)).find((event) => working.has(event.status));
      if (current !== undefined) await followEvent(client, linode.label, current, context);
      return null;
    },
    context,
  );
}
