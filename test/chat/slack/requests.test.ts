import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { expect, it, onTestFinished } from "vitest";
import { Secret } from "../../../src/core/secret.ts";
import { openStage, privately, signingSecret } from "./fixture.ts";

/** A bot that Slack calls over HTTP. */
async function called() {
  let handle: (request: Request) => Promise<Response> = () => Promise.resolve(new Response(null, { status: 503 }));
  const listener = getRequestListener((request) => handle(request));
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack`;
  onTestFinished(() => void server.close());
  const stage = await openStage({
    slack: { requestUrl: { url, signingSecret } },
    options: { inbound: { kind: "http", signingSecret: new Secret(signingSecret) } },
  });
  if (stage.adapter.http !== null) handle = stage.adapter.http;
  return stage;
}

it("does over HTTP what it does over sockets", async () => {
  const { slack, adapter, card } = await called();
  expect(() => adapter.check()).not.toThrow();
  const typed = await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  expect(typed.trouble).toBeNull();
  const asking = await card("Without an answer");
  await slack.as("U0BOB").in("C0OPS").clicks(asking, "Approve");
  await card("restarted");
  const alice = slack.as("U0ALICE");
  await alice.in("C0OPS").types("/cluster scale");
  await slack.until(() => alice.modal !== null);
  if (alice.modal === null) throw new Error("there is no form");
  expect((await alice.submits(alice.modal, { name: "Not A Name", web: "4" })).trouble).toMatch(/^name: /);
  await alice.opensHome();
  await slack.until(() => alice.home !== null);
  expect(slack.sockets.connections).toBe(0);
});

it("hears nothing that Slack has not signed", async () => {
  const { slack, world, logged } = await called();
  await slack.as("U0ALICE").in("C0OPS").types("/runs list");
  await privately(slack, "U0ALICE");
  const sent = slack.deliveries[0];
  if (sent === undefined || slack.requests === null) throw new Error("nothing was sent");
  const command = { ...sent.payload, text: "cluster restart prod", command: "/nonet", trigger_id: "9.9" };
  for (const lie of [{ secret: "another" }, { skew: -301 }, { skew: 301 }, { signature: "v0=00" }]) {
    expect((await slack.requests.send(slack.requests.sign("slash_commands", command, lie))).status).toBe(401);
  }
  const honest = slack.requests.sign("slash_commands", { ...command, text: "runs list" });
  expect((await slack.requests.send(honest)).status).toBe(200);
  expect((await slack.requests.send(honest)).status).toBe(401);
  expect((await world.engine.latest(null)).runs).toEqual([]);
  expect(logged.filter((line) => line.includes("refused"))).toHaveLength(5);
});
