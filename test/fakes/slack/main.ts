import { parseArgs } from "node:util";
import { openFakeSlack } from "./open.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const slack = await openFakeSlack({ port: Number(values.port) });

console.log(`
A stand-in of Slack listens on ${slack.url}: open it in a browser to be somebody there.

For a bot:
  export SLACK_BOT_TOKEN=${slack.tokens.bot}
  export SLACK_APP_TOKEN=${slack.tokens.app}
  export SLACK_API_URL=${slack.apiUrl}

Everything is gone when it ends: Ctrl-C.`);

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    void slack.close().then(() => process.exit(0));
  });
