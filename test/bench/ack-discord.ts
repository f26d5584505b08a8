import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { answerCard } from "../../src/chat/answers.ts";
import { openDiscord } from "../../src/chat/discord/discord.ts";
import type { Desk } from "../../src/core/desk.ts";
import { Secret } from "../../src/core/secret.ts";
import { commands } from "../../src/main/registry.ts";
import { ids } from "../fakes/discord/sample.ts";

/**
 * How long Discord waits for the acknowledgement of each of 500 commands that come at once; `late` ones were not
 * acknowledged in time. What the commands do takes no time.
 */
export async function* ackDiscord(): AsyncGenerator<object> {
  const discord = fork(join(import.meta.dirname, "ack-discord-child.ts"));
  const [place] = (await once(discord, "message")) as [{ token: string; apiUrl: string }];
  const measured = once(discord, "message");
  const bot = botAt(place);
  try {
    await bot.listen(idleDesk());
    discord.send("it listens");
    const [{ line }] = (await measured) as [{ line: object }];
    yield line;
  } finally {
    await bot.close();
    discord.kill();
  }
}

/** Answers everything at once. */
function idleDesk(): Desk {
  const result = { ok: true, verdict: "All is well." };
  const card = answerCard("/help", result);
  return { use: () => Promise.resolve({ kind: "answer", card, result, shared: false }) } as unknown as Desk;
}

function botAt({ token, apiUrl }: { readonly token: string; readonly apiUrl: string }) {
  const nothing = () => undefined;
  return openDiscord({
    token: new Secret(token),
    apiUrl,
    guild: ids.guild,
    application: ids.application,
    commands,
    idOf: nothing,
    keep: { read: async () => null, write: async () => undefined },
    now: Date.now,
    log: { info: nothing, warn: nothing, error: nothing },
    onRateLimit: nothing,
  });
}
