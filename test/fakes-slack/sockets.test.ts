import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { TestClock } from "../fakes/slack/clock.ts";
import { openFakeSlack } from "../fakes/slack/open.ts";
import { inWords, type Shape } from "../fakes/slack/shape.ts";
import type { FakeSlack } from "../fakes/slack/slack.ts";
import { connect } from "./app.ts";

/** A bare connection: what came over it. */
async function bare(slack: FakeSlack): Promise<{ socket: WebSocket; came: Shape[]; first: Promise<Shape> }> {
  const socket = new WebSocket(slack.url.replace("http", "ws") + slack.sockets.ticket());
  const came: Shape[] = [];
  const { promise: first, resolve } = Promise.withResolvers<Shape>();
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Shape;
    came.push(message);
    resolve(message);
    slack.world.changed();
  });
  await first;
  return { socket, came, first };
}

const event = { type: "event_callback", event_id: "Ev1", event: { type: "app_mention" } };

test("at most ten connections, each with an address of its own", async () => {
  await using slack = await openFakeSlack();
  const all = [];
  for (let time = 0; time < 10; time += 1) all.push(await bare(slack));
  expect((await all[9]?.first)?.num_connections).toBe(10);
  expect(await (await bare(slack)).first).toMatchObject({ type: "disconnect", reason: "too_many_websockets" });
  const path = slack.sockets.ticket();
  all[0]?.socket.close();
  await slack.until(() => slack.sockets.connections === 9);
  const again = async (): Promise<string> => {
    const socket = new WebSocket(slack.url.replace("http", "ws") + path);
    const { promise, resolve } = Promise.withResolvers<string>();
    socket.on("open", () => resolve("open"));
    socket.on("error", ({ message }) => resolve(message));
    return promise;
  };
  expect(await again()).toBe("open");
  expect(await again()).toContain("404");
});

test("nobody there, or nobody who answers: the person is told so", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  const ops = slack.as("U0BOB").in("C0OPS");
  expect((await ops.types("/cluster build demo")).trouble).toBe('/cluster failed with the error "dispatch_failed"');
  const { socket, came } = await bare(slack);
  const typed = ops.types("/cluster build demo");
  await slack.until(() => came.length === 2);
  clock.advance(3000);
  const { trouble, delivery } = await typed;
  expect(trouble).toBe('/cluster failed with the error "operation_timeout"');
  socket.send(JSON.stringify({ envelope_id: delivery?.id, payload: { text: "sorry" } }));
  await slack.until(() => delivery?.state === "late");
  expect(slack.ephemeral("U0BOB").map(({ text }) => text)).not.toContain("sorry");
});

test("an event that is not acknowledged comes again at once, after a minute and after five", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  const { came } = await bare(slack);
  void slack.deliver("events_api", event);
  for (const wait of [0, 60_000, 300_000]) {
    const before = came.length;
    clock.advance(3000);
    await slack.until(() => slack.deliveries[0]?.state === "unacked");
    clock.advance(wait);
    await slack.until(() => came.length > before);
  }
  expect(came.slice(1).map(({ retry_attempt: attempt }) => attempt)).toEqual([0, 1, 2, 3]);
  expect(new Set(came.slice(1).map(({ envelope_id: id }) => id)).size).toBe(1);
});

test("Slack's client gets the same envelope twice, with retry 0 both times", async () => {
  await using slack = await openFakeSlack();
  const seen: string[] = [];
  await using _app = await connect(slack, {
    async app_mention({ ack, body }) {
      await ack();
      seen.push(inWords(body.event_id));
      slack.world.changed();
    },
  });
  slack.sockets.duplicates = 1;
  expect(await slack.deliver("events_api", event)).toMatchObject({ state: "acked" });
  await slack.until(() => seen.length === 2);
});

test("Slack's client comes back after it was asked to leave, and after a cut", async () => {
  await using slack = await openFakeSlack();
  await using app = await connect(slack);
  let connected = 0;
  app.socket.on("connected", () => {
    connected += 1;
    slack.world.changed();
  });
  slack.sockets.disconnect("refresh_requested");
  await slack.until(() => connected === 1);
  slack.sockets.cut();
  await slack.until(() => connected === 2);
  expect(slack.sockets.connections).toBe(1);
});

test("an acknowledgement that is cut off does not count", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  await using _app = await connect(slack, { slash_commands: ({ ack }) => ack() });
  slack.sockets.cutAcks = 1;
  const typed = slack.as("U0BOB").in("C0OPS").types("/cluster build demo");
  await slack.until(() => slack.sockets.cutAcks === 0 && slack.sockets.connections === 0);
  clock.advance(3000);
  expect((await typed).delivery?.state).toBe("unacked");
});

test("an answer where Slack takes none is written down", async () => {
  await using slack = await openFakeSlack();
  await using _app = await connect(slack, { app_mention: ({ ack }) => ack({ text: "hello" }) });
  await slack.deliver("events_api", event);
  expect(slack.wrongs).toEqual([expect.stringContaining("takes no answer")]);
});
