import { get as plain, type IncomingMessage } from "node:http";
import { get as secure } from "node:https";

/** What visitors met. */
export interface Visits {
  readonly requests: number;
  /** Sentences, each with how often it was met. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of the requests that were answered, in milliseconds. */
  readonly worstMs: number;
}

/** No visitor waits longer, in milliseconds. */
const patienceMs = 10_000;

/**
 * Visitors who come at a steady pace, each over a connection of its own, however long those before them take.
 * @param urls asked in turn; certificates are not checked
 * @param perSecond how many come in a second
 * @returns ends the visits; resolves once all who came were answered or gave up
 */
export function visit(urls: readonly string[], perSecond: number): () => Promise<Visits> {
  const failures: Record<string, number> = {};
  const under: Promise<void>[] = [];
  let worstMs = 0;
  const begun = performance.now();
  const come = async (url: string): Promise<void> => {
    const start = performance.now();
    const failure = await ask(url);
    if (failure === null) worstMs = Math.max(worstMs, performance.now() - start);
    else failures[failure] = (failures[failure] ?? 0) + 1;
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
    while (under.length < due) under.push(come(urls[under.length % urls.length] ?? ""));
  }, 5);
  return async () => {
    clearInterval(timer);
    await Promise.all(under);
    return { requests: under.length, failures, worstMs: Math.round(worstMs) };
  };
}

/** Why it is no whole page; `null` when it is one. */
function ask(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const read = (response: IncomingMessage) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode === 200 ? null : `status ${response.statusCode}`));
      response.once("error", ({ message }) => resolve(`cut off: ${message}`));
    };
    const options = { agent: false, timeout: patienceMs } as const;
    const request = url.startsWith("https:")
      ? secure(url, { ...options, rejectUnauthorized: false }, read)
      : plain(url, options, read);
    request.once("timeout", () => request.destroy(new Error(`no answer within ${patienceMs} ms`)));
    request.once("error", ({ message }) => resolve(message));
  });
}
