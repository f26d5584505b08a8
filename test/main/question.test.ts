import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { receive, Request, send } from "../../src/chat/console/protocol.ts";
import type { Card } from "../../src/core/card.ts";
import { noPty, openPty, type Pty } from "./pty.ts";

const runId = "run";
const card = (change: Partial<Card>): Card => ({
  title: "/cluster destroy demo",
  state: "asking",
  verdict: "",
  facts: [["plan", "9 machines to delete"]],
  checklist: [],
  question: { id: "1", text: "Delete it? Nobody said yes.", details: [], approveWith: "demo" },
  table: null,
  text: null,
  diff: [],
  picture: null,
  actions: [],
  startedAt: Date.now(),
  endedAt: null,
  ...change,
});

let folder: string;
let server: Server;
let pty: Pty;
let run: PromiseWithResolvers<Socket>;
let decided: PromiseWithResolvers<string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nonet-question-"));
  run = Promise.withResolvers();
  decided = Promise.withResolvers();
  server = createServer((socket) =>
    receive(socket, (message) => {
      const request = Request.parse(message);
      if (request.kind === "listen") send(socket, { kind: "listening" });
      if (request.kind === "submit") run.resolve(socket);
      if (request.kind !== "decide") return;
      send(socket, { kind: "decided" });
      decided.resolve(request.word);
    }),
  );
  await new Promise<void>((resolve) => server.listen(join(folder, "socket"), resolve));
});
afterEach(async () => {
  await pty.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** Types a command on a terminal this wide, whose run asks something. */
async function ask(width: number): Promise<Socket> {
  const child = join(import.meta.dirname, "../docs/console-child.ts");
  pty = openPty([process.execPath, child, join(folder, "socket"), "alice", join(folder, "history")], width);
  await pty.until(([first]) => first === "nonet>");
  pty.type("destroy\r");
  const socket = await run.promise;
  send(socket, { kind: "card", runId, card: card({}) });
  return socket;
}

/** Everything on the screen but how long it took; what was broken because the terminal is narrow is whole again. */
const flat = (screen: readonly string[]) => screen.join("").replaceAll(/ +\d+\.\d s/g, "");
const shows = (wanted: string) => (screen: readonly string[]) => flat(screen) === wanted;
const asked = (text: string, typed: string) =>
  `nonet> destroy? /cluster destroy demo  plan       9 machines to delete  ${text}` +
  `  Type demo to go on, anything else to refuse:${typed === "" ? "" : ` ${typed}`}`;
const first = "Delete it? Nobody said yes.";
const second = "Delete it? One of two said yes.";
const ended = "nonet> destroy✓ /cluster destroy demo  plan       9 machines to delete  Gone.nonet>";

/** Resolves once the clock of the last card has gone on since, and it and all below is as wanted. */
async function redrawn(wanted: string): Promise<void> {
  const clock = (screen: readonly string[]) =>
    screen
      .join("\n")
      .match(/\d+\.\d s/g)
      ?.at(-1);
  let before: string | undefined;
  await pty.until((screen) => {
    const now = flat(screen).endsWith(wanted) ? clock(screen) : before;
    before ??= now;
    return now !== before;
  });
}

const skipped = noPty === null ? "" : ` (skipped: ${noPty})`;

describe.skipIf(noPty !== null).each([100, 41])(`a question on a terminal of %d columns${skipped}`, (width) => {
  it("keeps what is typed while the card above goes on", async () => {
    const socket = await ask(width);
    await pty.until(shows(asked(first, "")));
    pty.type("deo");
    await pty.until(shows(asked(first, "deo")));
    await redrawn(asked(first, "deo"));
    const question = { id: "1", text: second, details: [], approveWith: "demo" };
    send(socket, { kind: "card", runId, card: card({ question }) });
    await pty.until(shows(asked(second, "deo")));
    pty.type("\u001B[D");
    await redrawn(asked(second, "deo"));
    pty.type("m\r");
    expect(await decided.promise).toBe("demo");
    const gone = card({ state: "done", question: null, verdict: "Gone.", endedAt: Date.now() });
    send(socket, { kind: "end", runId, card: gone, result: { ok: true, verdict: "Gone." } });
    await pty.until(shows(ended));
  });

  it("goes away when somebody else has answered", async () => {
    const socket = await ask(width);
    await pty.until(shows(asked(first, "")));
    // More than a line, key by key; then the cursor goes back to where the answer begins.
    for (let count = 1; count <= 95; count += 1) {
      pty.type("d");
      await pty.until(shows(asked(first, "d".repeat(count))));
    }
    pty.type("\u0001");
    pty.type("e");
    await pty.until(shows(asked(first, `e${"d".repeat(95)}`)));
    send(socket, { kind: "card", runId, card: card({ state: "running", question: null }) });
    await pty.until(shows("nonet> destroy▸ /cluster destroy demo  plan       9 machines to delete"));
    const gone = card({ state: "done", question: null, verdict: "Gone.", endedAt: Date.now() });
    send(socket, { kind: "end", runId, card: gone, result: { ok: true, verdict: "Gone." } });
    await pty.until(shows(ended));
  });
});

it.skipIf(noPty !== null)(`a card is drawn no more once the bot is gone${skipped}`, async () => {
  const socket = await ask(100);
  await pty.until(shows(asked(first, "")));
  run = Promise.withResolvers();
  socket.destroy();
  await pty.until((screen) => screen.at(-1) === "nonet>");
  pty.type("destroy\r");
  send(await run.promise, { kind: "card", runId, card: card({}) });
  await redrawn(asked(first, ""));
});
