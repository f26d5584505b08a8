import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openFakeSlack } from "../fakes/slack/open.ts";
import type { FakeSlack } from "../fakes/slack/slack.ts";

const secret = "8f742231b10e8888abcd99yyyzzz85a5";
const kept: Record<string, string>[] = [];

/** An app that checks signatures as Slack's documentation tells, and answers commands in its own words. */
async function listen(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const at = String(request.headers["x-slack-request-timestamp"]);
      const wanted = `v0=${createHmac("sha256", secret).update(`v0:${at}:${body}`).digest("hex")}`;
      const isNow = Math.abs(Date.now() / 1000 - Number(at)) <= 300;
      if (!isNow || request.headers["x-slack-signature"] !== wanted) return response.writeHead(401).end();
      if (body.includes("url_verification")) return response.end((JSON.parse(body) as { challenge: string }).challenge);
      const form = Object.fromEntries(new URLSearchParams(body));
      kept.push(form);
      return response.end(form.command === undefined ? "" : `heard ${form.text ?? ""}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

function requestsOf(slack: FakeSlack) {
  if (slack.requests === null) throw new Error("not in HTTP mode");
  return slack.requests;
}

test("the same payloads as signed requests, honest and forged", async () => {
  const app = await listen();
  await using slack = await openFakeSlack({ requestUrl: { url: app.url, signingSecret: secret } });
  const requests = requestsOf(slack);
  const typed = await slack.as("U0BOB").in("C0OPS").types("/cluster build demo");
  expect(typed.answers.map(({ text: said }) => said)).toEqual(["heard build demo"]);
  expect(kept.at(-1)).toMatchObject({ user_id: "U0BOB", command: "/cluster", channel_id: "C0OPS", team_id: "T0ACME" });
  expect(await requests.verifyUrl("abc")).toEqual({ status: 200, text: "abc" });
  expect((await requests.checkSsl()).status).toBe(200);

  const payload = { command: "/cluster", text: "destroy demo" };
  const send = (forgery: object) => requests.send(requests.sign("slash_commands", payload, forgery));
  expect((await send({ secret: "other" })).status).toBe(401);
  expect((await send({ skew: -301 })).status).toBe(401);
  expect((await send({ skew: 3600 })).status).toBe(401);
  expect((await send({ signature: "v0=" })).status).toBe(401);
  expect((await send({ body: "command=%2Fother" })).status).toBe(401);
  // A replay is the same request again: only the app's own memory can tell.
  const once = requests.sign("slash_commands", payload);
  expect([(await requests.send(once)).status, (await requests.send(once)).status]).toEqual([200, 200]);
  app.close();
  expect((await slack.as("U0BOB").in("C0OPS").types("/cluster build demo")).trouble).toContain("dispatch_failed");
});
