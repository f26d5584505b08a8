import { ackSlack } from "./ack-slack.ts";
import { ackDiscord } from "./ack-discord.ts";
import { audit } from "./audit.ts";
import { inspect } from "./inspect.ts";
import { resume } from "./resume.ts";
import { scale } from "./scale.ts";

/** Benchmarks by name; each yields one object per line of output. */
const benchmarks: Record<string, () => AsyncGenerator<object>> = {
  async *ack() {
    yield* ackSlack();
    yield* ackDiscord();
  },
  audit,
  inspect,
  resume,
  scale,
};

/** Changes machines that somebody may be using, so it must be named. */
const onlyByName = new Set(["scale"]);

const [name] = process.argv.slice(2);
const chosen = Object.keys(benchmarks).filter((known) =>
  name === undefined ? !onlyByName.has(known) : known === name,
);
if (chosen.length === 0) {
  console.error(`There is no benchmark “${name}”. Known: ${Object.keys(benchmarks).join(", ")}.`);
  process.exitCode = 2;
}
for (const known of chosen) {
  for await (const line of benchmarks[known]?.() ?? []) console.log(JSON.stringify(line));
}
