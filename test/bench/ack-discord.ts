import { openDiscord } from "../../src/chat/discord/discord.ts";
import { answerCard } from "../../src/chat/answers.ts";
import type { Desk } from "../../src/core/desk.ts";
import { Secret } from "../../src/core/secret.ts";
import { commands } from "../../src/main/registry.ts";
import { openFakeDiscord, type FakeDiscord } from "../fakes/discord/fake.ts";
import { ids } from "../fakes/discord/sample.ts";

const burst = 500;
/** Milliseconds after which Discord takes no acknowledgement any more. */
const deadlineMs = 3000;

/**
 * How long Discord waits for the acknowledgement of each of 500 commands that come at once; `late` ones were not
 * acknowledged in time. The stand-in shares the process with the bot, and what the commands do takes no time.
 */
export async function* ackDiscord(): AsyncGenerator<object> {
  const wide = { count: 10 * burst, ms: 1000 };
  const discord = await openFakeDiscord({ limits: { webhook: wide } });
  const bot = botAt(discord);
  try {
    await bot.listen(idleDesk());
    await discord.until(() => discord.setting.commands.of(ids.guild).length > 0);
    yield await measure(discord);
  } finally {
    await bot.close();
    await discord.close();
  }
}

async function measure(discord: FakeDiscord): Promise<object> {
  const alice = discord.as(ids.alice).in(ids.ops);
  const warm = alice.types("help");
  await discord.until(() => warm.original?.loading === false);
  const begun = performance.now();
  const sent = Array.from({ length: burst }, () => alice.types("help"));
  await discord.until(() => sent.every(({ ack, late }) => ack !== null || late));
  const seconds = (performance.now() - begun) / 1000;
  const times = sent.map(({ ackMs }) => ackMs ?? deadlineMs).toSorted((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(share * burst) - 1] ?? deadlineMs;
  const late = sent.filter((each) => each.late).length;
  const rps = Math.round(burst / seconds);
  return { bench: "ack", platform: "discord", rps, p50_ms: at(0.5), p99_ms: at(0.99), late };
}

/** Answers everything at once. */
function idleDesk(): Desk {
  const result = { ok: true, verdict: "All is well." };
  const card = answerCard("/help", result);
  return { use: () => Promise.resolve({ kind: "answer", card, result, shared: false }) } as unknown as Desk;
}

function botAt({ token, apiUrl }: FakeDiscord) {
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
