import { parseArgs } from "node:util";
import { openFakeDiscord } from "./fake.ts";
import { ids } from "./sample.ts";

/** `npm run fake:discord -- [--port N]`: a Discord with a sample guild for a bot on this machine, until it is stopped. */
const { values } = parseArgs({ options: { port: { type: "string", default: "3980" } } });
const discord = await openFakeDiscord({ port: Number(values.port) });
console.log(`A stand-in for Discord; its page is ${discord.url}/

DISCORD_TOKEN=${discord.token}
DISCORD_API_URL=${discord.apiUrl}
DISCORD_APPLICATION_ID=${ids.application}
DISCORD_GUILD_ID=${ids.guild}

Channels: ops ${ids.ops}, dev ${ids.dev}. People: admin ${ids.admin}, alice ${ids.alice}, bob ${ids.bob}, carol ${ids.carol}.
What a bot does wrongly is told here.`);
let told = 0;
discord.hub.listen(() => {
  for (const line of discord.wrongs.slice(told)) console.log(`wrong: ${line}`);
  told = discord.wrongs.length;
});
process.once("SIGINT", () => void discord.close());
process.once("SIGTERM", () => void discord.close());
