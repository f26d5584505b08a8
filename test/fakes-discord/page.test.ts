import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { ids } from "../fakes/discord/sample.ts";
import { build, discordFor, guildCommands, post, restFor } from "./harness.ts";

test("serves every file of the page, and nothing else", async () => {
  const discord = await discordFor();
  const folder = new URL("../fakes/discord/page/", import.meta.url);
  for (const name of readdirSync(folder)) expect((await fetch(`${discord.url}/page/${name}`)).status).toBe(200);
  expect(await (await fetch(discord.url)).text()).toContain("/page/app.js");
  expect((await fetch(`${discord.url}/page/..%2Fmain.ts`)).status).toBe(404);
});

test("a person sees and does on the page what the person may", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  await rest.put(guildCommands, { body: [build] });
  const state = async (as: string, channel: string) =>
    (await fetch(`${discord.url}/page/state?as=${as}&in=${channel}`)).json() as Promise<Record<string, unknown>>;
  const act = async (deed: object) => {
    const body = JSON.stringify({ as: ids.alice, in: ids.ops, ...deed });
    const answer = await fetch(`${discord.url}/page/act`, { method: "POST", body });
    return [answer.status, await answer.json()];
  };
  const components = [{ type: 1, components: [{ type: 2, style: 1, label: "Go", custom_id: "go" }] }];
  const { id } = await post(rest, { content: "card", components });
  expect(await state(ids.alice, ids.ops)).toMatchObject({
    messages: [{ wire: { id } }],
    commands: [{ name: "cluster" }],
  });
  expect(await state(ids.dora, ids.ops)).toMatchObject({ messages: [], commands: [] });
  expect(await act({ kind: "click", message: id, component: "go" })).toMatchObject([200, { id: expect.any(String) }]);
  expect(discord.interactions.map(({ wire }) => wire.message?.id)).toEqual([id]);
  expect(await act({ kind: "click", message: id, component: "stop" })).toEqual([
    400,
    { message: "nothing is called stop" },
  ]);
  expect(await act({ kind: "command", command: "cluster build", values: {} })).toMatchObject([400, {}]);
});

test("tells the page at once when something changes", async () => {
  const discord = await discordFor();
  const stop = new AbortController();
  const { body } = await fetch(`${discord.url}/page/events`, { signal: stop.signal });
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain("changed");
  await post(restFor(discord), { content: "x" });
  expect((await reader.read()).value).toContain("changed");
  stop.abort();
});
