import { expect, test } from "vitest";
import { openFakeSlack } from "../fakes/slack/open.ts";
import { samplePopulation } from "../fakes/slack/people.ts";
import { answerTo, codeOf, webClient } from "./app.ts";

const hello = { channel: "C0OPS", text: "hello" };

test("tokens: none, strange, of the other kind, revoked", async () => {
  await using slack = await openFakeSlack();
  const bot = webClient(slack);
  const app = webClient(slack, slack.tokens.app);
  expect(await answerTo(bot.auth.test())).toMatchObject({ ok: true, team_id: "T0ACME", bot_id: "B0NONET" });
  expect(await codeOf(webClient(slack, "").auth.test())).toBe("not_authed");
  expect(await codeOf(webClient(slack, "xoxb-other").auth.test())).toBe("invalid_auth");
  expect(await codeOf(app.apiCall("chat.postMessage", hello))).toBe("not_allowed_token_type");
  expect(await codeOf(bot.apps.connections.open({}))).toBe("not_allowed_token_type");
  slack.tokens.revoke("bot");
  expect(await codeOf(bot.auth.test())).toBe("token_revoked");
  expect(await answerTo(app.apps.connections.open({}))).toMatchObject({ ok: true });
});

test("scopes: what is missing and what there is, and the granted ones in a header", async () => {
  await using slack = await openFakeSlack({ scopes: ["chat:write", "channels:read"] });
  const web = webClient(slack);
  expect(await answerTo(web.users.info({ user: "U0BOB" }))).toMatchObject({
    error: "missing_scope",
    needed: "users:read",
    provided: "chat:write,channels:read",
  });
  // Each kind of conversation has its own.
  expect(await codeOf(web.conversations.info({ channel: "C0PRIVATE" }))).toBe("missing_scope");
  const { response_metadata: metadata } = await web.conversations.info({ channel: "C0OPS" });
  expect(metadata).toMatchObject({ scopes: ["chat:write", "channels:read"] });
});

test("methods and bodies", async () => {
  await using slack = await openFakeSlack();
  const send = async (method: string, type: string | null, body: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${slack.tokens.bot}`, ...(type === null ? {} : { "content-type": type }) };
    const response = await fetch(slack.apiUrl + method, { method: "POST", headers, body: Buffer.from(body) });
    expect(response.status).toBe(200);
    return response.json();
  };
  const json = "application/json; charset=utf-8";
  expect(await send("chat.postEverywhere", json, "{}")).toMatchObject({ error: "unknown_method" });
  expect(await send("chat.postMessage", json, "{")).toMatchObject({ error: "invalid_json" });
  expect(await send("chat.postMessage", json, "[]")).toMatchObject({ error: "json_not_object" });
  expect(await send("chat.postMessage", "text/plain", "hello")).toMatchObject({ error: "invalid_post_type" });
  expect(await send("chat.postMessage", null, "hello")).toMatchObject({ error: "missing_post_type" });
  expect(await send("chat.postMessage", "multipart/form-data", "x")).toMatchObject({ error: "invalid_form_data" });
  expect(await send("chat.postMessage", json, "{}")).toMatchObject({
    error: "invalid_arguments",
    response_metadata: { messages: ["[ERROR] missing required field: channel"] },
  });
  // Reading methods take forms only: what stands in JSON is not seen.
  expect(await send("users.info", json, '{"user":"U0BOB"}')).toMatchObject({ error: "invalid_arguments" });
  expect(await send("users.info", "application/x-www-form-urlencoded", "user=U0BOB")).toMatchObject({ ok: true });
  const noCharset = await send("chat.postMessage", "application/json", JSON.stringify(hello));
  expect(noCharset).toMatchObject({ ok: true, warning: "missing_charset" });
});

test("channels: unknown, hidden, archived, and those that the bot is not in", async () => {
  const population = samplePopulation();
  await using slack = await openFakeSlack({ population });
  const web = webClient(slack);
  const post = (channel: string): Promise<string> => codeOf(web.apiCall("chat.postMessage", { ...hello, channel }));
  expect(await post("C0NOWHERE")).toBe("channel_not_found");
  expect(await post("C0OLD")).toBe("is_archived");
  expect(await post("C0OTHER")).toBe("not_in_channel");
  slack.world.channels.get("C0PRIVATE")?.members.delete("U0NONET");
  expect(await post("C0PRIVATE")).toBe("channel_not_found");
  slack.tokens.scopes = [...slack.tokens.scopes, "chat:write.public"];
  expect(await post("C0OTHER")).toBe("accepted");
});

test("people of every kind", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const look = async (user: string) => (await web.users.info({ user })).user;
  expect(await look("U0CAROL")).toMatchObject({ is_admin: true, is_restricted: false, team_id: "T0ACME" });
  expect(await look("U0SINGLE")).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
  expect(await look("U0ROBOT")).toMatchObject({ is_bot: true });
  expect(await look("U0GONE")).toMatchObject({ deleted: true });
  expect(await look("U0STRANGER")).toMatchObject({ is_stranger: true, team_id: "T0STRANGE" });
  expect(await codeOf(look("U0NOBODY"))).toBe("user_not_found");
  expect((await look("U0BOB"))?.profile).not.toHaveProperty("email");
  const { channel } = await web.conversations.info({ channel: "C0SHARED" });
  expect(channel).toMatchObject({ is_ext_shared: true, is_member: true });
});

test("lists come in pages", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const all: string[] = [];
  for await (const page of web.paginate("conversations.members", { channel: "C0OPS", limit: 3 }))
    all.push(...((page as { members?: string[] }).members ?? []));
  expect(all).toEqual([...(slack.world.channels.get("C0OPS")?.members ?? [])]);
});
