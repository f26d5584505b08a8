import { raiseStage } from "../chat/slack/stage.ts";

/** Commands that are typed at once. */
const burst = 500;

/** How soon Slack hears that a command has arrived, while all of them are carried out: a bot with its real desk and store. */
export async function* ackSlack(): AsyncGenerator<object> {
  const { slack, close } = await raiseStage();
  await slack.until(() => slack.sockets.connections === 2);
  const people = ["U0ALICE", "U0BOB", "U0CAROL"].map((id) => slack.as(id).in("C0OPS"));
  const type = (count: number) =>
    Promise.all(
      Array.from(
        { length: count },
        (_, at) => people[at % people.length]?.types("/runs list") ?? Promise.resolve(null),
      ),
    );
  await type(20);
  const begun = performance.now();
  await type(burst);
  const seconds = (performance.now() - begun) / 1000;
  const deliveries = slack.deliveries.slice(-burst);
  const late = deliveries.filter(({ state }) => state !== "acked").length;
  const times = deliveries.flatMap(({ latency }) => latency ?? []).toSorted((a, b) => a - b);
  const at = (part: number) => Math.round((times[Math.floor(times.length * part)] ?? 0) * 10) / 10;
  await close();
  yield { bench: "ack", platform: "slack", rps: Math.round(burst / seconds), p50_ms: at(0.5), p99_ms: at(0.99), late };
}
