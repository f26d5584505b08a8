import type { Config } from "../config.ts";
import type { Place, Topic } from "../core/mouth.ts";

/** Where the configuration wants to hear of a topic. Consoles hear all of them; one that failed has ended as well. */
export function placesFor({ notify, whoMay }: Config, topic: Topic): Place[] {
  const names = new Set(notify.filter(({ on }) => on.includes(topic)).map(({ channel }) => channel));
  const places = whoMay.channels
    .filter(({ name }) => names.has(name))
    .flatMap(({ slack, discord }) => [
      ...(slack === undefined ? [] : [`slack:${slack}`]),
      ...(discord === undefined ? [] : [`discord:${discord}`]),
    ]);
  return topic === "failed" ? places : ["console", ...places];
}
