import { openDiscord } from "../../src/chat/discord/discord.ts";
import { command } from "../../src/core/command.ts";
import type { Desk } from "../../src/core/desk.ts";
import { Secret } from "../../src/core/secret.ts";
import { z } from "zod";
import { openFakeDiscord } from "../fakes/discord/fake.ts";
import { ids } from "../fakes/discord/sample.ts";
const discord = await openFakeDiscord({ limits: { webhook: { count: 5000, ms: 1000 } } });
const card = {
  title: "help",
  state: "done",
  verdict: "ok",
  facts: [],
  checklist: [],
  question: null,
  table: null,
  text: null,
  diff: [],
  picture: null,
  actions: [],
  startedAt: null,
  endedAt: null,
} as const;
const desk = {
  use: async () => ({ kind: "answer", card, result: { ok: true, verdict: "" }, shared: false }),
} as unknown as Desk;
const help = command({
  name: "help",
  summary: "x",
  access: "anyone",
  input: z.object({}),
  run: async () => {
    throw new Error();
  },
});
const bot = openDiscord({
  token: new Secret(discord.token),
  apiUrl: discord.apiUrl,
  guild: ids.guild,
  application: ids.application,
  commands: [help],
  idOf: () => undefined,
  keep: { read: async () => null, write: async () => undefined },
  now: Date.now,
  log: { info() {}, warn() {}, error() {} },
  onRateLimit() {},
});
await bot.listen(desk);
await discord.until(() => discord.setting.commands.of(ids.guild).length > 0);
const alice = discord.as(ids.alice).in(ids.ops);
const warm = alice.types("help");
await discord.until(() => warm.original?.loading === false);
const t = performance.now();
const sent = Array.from({ length: 500 }, () => alice.types("help"));
await discord.until(() => sent.every(({ ack, late }) => ack !== null || late));
const ms = sent.map((s) => s.ackMs ?? 99999).toSorted((a, b) => a - b);
console.log(
  performance.now() - t,
  ms[0],
  ms[250],
  ms[495],
  ms[499],
  sent.filter((s) => s.late).length,
  process.cpuUsage(),
);
process.exit();
