import { connect, type Socket } from "node:net";
import type { Card } from "../../core/card.ts";
import { OpsError } from "../../core/errors.ts";
import type { Result } from "../../core/playbook.ts";
import { receive, send, type Response } from "./protocol.ts";

/** How a command ended. */
export interface Ended {
  readonly card: Card;
  readonly result: Result;
  readonly runId: string | null;
}

/** What a console does while a command runs. */
export interface Watcher {
  card(card: Card): void;
  /**
   * A run asks something; resolves with the word to answer, or `null` to leave the question open. `closed` is aborted when
   * somebody else has answered, or nobody in time.
   */
  ask(card: Card, closed: AbortSignal): Promise<string | null>;
}

/** Connects to a running bot; `undefined` when none runs. */
export async function connectConsole(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}

/**
 * Submits a command and follows it to its end.
 * @throws OpsError what the bot refused it with, or `bot_gone` when it went away meanwhile.
 */
export async function submit(path: string, text: string, user: string, watcher: Watcher): Promise<Ended> {
  const socket = await connectConsole(path);
  if (socket === undefined) throw gone();
  let open = new AbortController();
  try {
    return await new Promise<Ended>((resolve, reject) => {
      let asked: string | null = null;
      socket.once("close", () => reject(gone()));
      receive(socket, (message) => {
        const response = message as Response;
        if (response.kind === "end") resolve(response);
        else if (response.kind === "failure") reject(new OpsError(response.failure));
        else if (response.kind === "card") {
          const question = response.card.question?.id ?? null;
          const changed = question !== asked;
          asked = question;
          if (changed) open.abort();
          watcher.card(response.card);
          if (!changed || question === null) return;
          open = new AbortController();
          answer(path, response, user, () => watcher.ask(response.card, open.signal)).catch(reject);
        }
      });
      send(socket, { kind: "submit", text, user });
    });
  } finally {
    open.abort();
    socket.destroy();
  }
}

/** Hears what others caused, until it is ended. */
export async function listen(path: string, user: string, heard: (line: string) => void): Promise<() => void> {
  const socket = await connectConsole(path);
  if (socket === undefined) throw gone();
  await new Promise<void>((resolve, reject) => {
    socket.once("close", () => reject(gone()));
    receive(socket, (message) => {
      const response = message as Response;
      if (response.kind === "listening") resolve();
      else if (response.kind === "notice") heard(response.line);
    });
    send(socket, { kind: "listen", user });
  });
  return () => socket.destroy();
}

async function answer(
  path: string,
  { runId }: { readonly runId: string },
  user: string,
  ask: () => Promise<string | null>,
): Promise<void> {
  const word = await ask();
  if (word === null) return;
  await request(path, { kind: "decide", runId, user, word });
}

/** One request with one answer. */
export async function request(path: string, message: Parameters<typeof send>[1]): Promise<Response> {
  const socket = await connectConsole(path);
  if (socket === undefined) throw gone();
  try {
    return await new Promise<Response>((resolve, reject) => {
      socket.once("close", () => reject(gone()));
      receive(socket, (answer) => {
        const response = answer as Response;
        if (response.kind === "failure") reject(new OpsError(response.failure));
        else resolve(response);
      });
      send(socket, message);
    });
  } finally {
    socket.destroy();
  }
}

const gone = () =>
  new OpsError({
    code: "bot_gone",
    message: "The bot went away.",
    state: "Whatever it was doing is kept and goes on when it starts again.",
    hint: "Start it with npm start, then give the same command again.",
  });
