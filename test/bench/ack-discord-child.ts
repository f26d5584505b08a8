import { once } from "node:events";
import { openFakeDiscord, type FakeDiscord } from "../fakes/discord/fake.ts";
import { ids } from "../fakes/discord/sample.ts";

/** Commands that come at once. */
const burst = 500;
/** Milliseconds after which Discord takes no acknowledgement any more. */
const deadlineMs = 3000;

// The stand-in, in a process of its own as Discord is. Tells its parent where it is, then how long it waited.
const discord = await openFakeDiscord({ limits: { webhook: { count: 10 * burst, ms: 1000 } } });
process.send?.({ token: discord.token, apiUrl: discord.apiUrl });
// The bot listens.
await once(process, "message");
await discord.until(() => discord.setting.commands.of(ids.guild).length > 0);
process.send?.({ line: await measure(discord) });
await discord.close();
process.disconnect();

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
