import { afterEach } from "vitest";
import { z } from "zod";
import { WhoMay } from "../../src/auth/who-may.ts";
import { NotifyFile, routesFor } from "../../src/chat/notify.ts";
import type { Raised } from "../../src/core/notice.ts";
import { FakeMouth } from "../fakes/mouth.ts";
import { openWorld, type World } from "./fixture.ts";

const worlds: Pick<World, "close">[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const whoMay = WhoMay.parse({
  channels: [
    { name: "ops", slack: "C1" },
    { name: "calls", slack: "C2" },
  ],
});

/** How such a `notify` routes, in the real thing. */
export const routing = (...notify: readonly object[]) => {
  const parsed = z.object(NotifyFile).parse({ notify });
  return (...[about, at]: Parameters<Parameters<typeof openWorld>[1]["routesFor"] & object>) =>
    routesFor({ ...parsed, whoMay }, about, at);
};
/** A channel that hears all there is. */
export const everything = { channel: "ops", on: ["ended", "failed", "glass", "audit"] };

export type Playbooks = Parameters<typeof openWorld>[0];

/** An engine that speaks in Slack; closed after the test. */
export async function open(
  options: Omit<Parameters<typeof openWorld>[1], "mouths"> & { readonly mouth?: FakeMouth },
  playbooks: Playbooks = [],
) {
  const mouth = options.mouth ?? Object.assign(new FakeMouth(), { kind: "slack" });
  const world = await openWorld(playbooks, { ...options, mouths: [mouth] });
  worlds.push(world);
  const close = async () => {
    worlds.splice(worlds.indexOf(world), 1);
    await world.close();
  };
  return { ...world, mouth, notices: world.engine.notices, close };
}

/** What a watcher may raise. */
export const lag = (parts: Partial<Raised> = {}): Raised => ({
  topic: "failed",
  key: "lag:prod",
  severity: "warning",
  cluster: "prod",
  title: "db2 of prod lags behind",
  text: "It is 40 s behind db1.",
  ...parts,
});

/** The newest state of a message. */
export const last = (mouth: FakeMouth, at = 0) => mouth.messages[at]?.cards.at(-1);
export const factOf = (mouth: FakeMouth, name: string, at = 0) =>
  last(mouth, at)?.facts.find(([each]) => each === name)?.[1];
