import { createInterface } from "node:readline";
import type { Socket } from "node:net";
import { z } from "zod";
import type { Failure } from "../../core/errors.ts";
import type { Card } from "../../core/card.ts";
import type { Result } from "../../core/playbook.ts";

/**
 * What a console sends to the bot: JSON, one object per line, over a socket only its owner can open. `user` is the user
 * of the machine who speaks; the owner may speak as any.
 */
export const Request = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("submit"), text: z.string(), user: z.string() }),
  z.object({ kind: z.literal("decide"), runId: z.string(), user: z.string(), word: z.string() }),
  z.object({ kind: z.literal("commands"), user: z.string() }),
]);
export type Request = z.infer<typeof Request>;

/** What the bot sends back. `card` comes again and again while a run goes on; the others end a request. */
export type Response =
  | { readonly kind: "card"; readonly runId: string; readonly card: Card }
  | { readonly kind: "end"; readonly card: Card; readonly result: Result; readonly runId: string | null }
  | { readonly kind: "failure"; readonly failure: Failure }
  | { readonly kind: "decided" }
  | { readonly kind: "commands"; readonly usages: readonly string[] };

/** Sends one message. */
export function send(socket: Socket, message: Request | Response): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Receives messages, in order. */
export function receive(socket: Socket, listener: (message: unknown) => void): void {
  createInterface({ input: socket }).on("line", (line) => {
    try {
      listener(JSON.parse(line));
    } catch {
      // Half a line means that the other side died; the socket's close says so as well.
      socket.destroy();
    }
  });
}
