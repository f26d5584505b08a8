import { rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { atConsole } from "../../core/caller.ts";
import { usage } from "../../core/typed.ts";
import type { Desk } from "../../core/desk.ts";
import { OpsError, toFailure } from "../../core/errors.ts";
import type { ConsoleMouth } from "./mouth.ts";
import { receive, Request, send } from "./protocol.ts";

/** Answers consoles on a Unix socket that only the bot's own user can open. Returns how to stop. */
export async function serveConsole(desk: Desk, path: string, mouth: ConsoleMouth): Promise<() => Promise<void>> {
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A console that goes away is no fault of the bot.
    socket.on("error", () => socket.destroy());
    receive(socket, (message) => void handle({ desk, mouth }, socket, message));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The socket is bound before listen returns, so at no moment can another user open it.
    const mask = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(mask);
  });
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}

interface Parts {
  readonly desk: Desk;
  readonly mouth: ConsoleMouth;
}

async function handle(parts: Parts, socket: Socket, message: unknown): Promise<void> {
  try {
    const request = Request.safeParse(message);
    if (!request.success) {
      throw new OpsError({ code: "bad_input", message: "The console speaks another version than the bot." });
    }
    await answer(parts, socket, request.data);
  } catch (error) {
    send(socket, { kind: "failure", failure: toFailure(error) });
  }
}

async function answer({ desk, mouth }: Parts, socket: Socket, request: Request): Promise<void> {
  const caller = atConsole(request.user);
  switch (request.kind) {
    case "commands":
      send(socket, { kind: "commands", usages: desk.commandsFor(caller).map(usage) });
      return;
    case "listen":
      socket.once(
        "close",
        mouth.listen(desk.nameOf(caller), (line) => send(socket, { kind: "notice", line })),
      );
      send(socket, { kind: "listening" });
      return;
    case "decide":
      await desk.decide(request.runId, caller, request.word);
      send(socket, { kind: "decided" });
      return;
    case "submit": {
      const receipt = await desk.submit(request.text, caller);
      if (receipt.kind === "answer") {
        send(socket, { kind: "end", card: receipt.card, result: receipt.result, runId: null });
        return;
      }
      const { runId } = receipt;
      const stop = desk.follow(runId, ({ card, result }) => {
        send(socket, result === null ? { kind: "card", runId, card } : { kind: "end", card, result, runId });
      });
      socket.once("close", stop);
    }
  }
}
