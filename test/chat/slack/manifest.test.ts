import { expect, it } from "vitest";
import { z } from "zod";
import { botScopes, slackManifest } from "../../../src/chat/slack/manifest.ts";
import { answer, command } from "../../../src/core/command.ts";
import { openRegistry } from "../../../src/main/registry.ts";

const named = (name: string) =>
  command({
    name,
    summary: `Does ${name}`,
    access: "viewer",
    input: z.object({ name: z.string(), count: z.string().optional() }),
    run: () => Promise.resolve(answer({ ok: true, verdict: "" })),
  });

it("has a slash command for each first word but Slack's own, and one for all", async () => {
  const { commands } = await openRegistry(null);
  const slash = slackManifest(commands, { kind: "socket" }).features?.slash_commands?.map((each) => each.command);
  expect(slash).toContain("/cluster");
  expect(slash).toContain("/nonet");
  expect(slash).not.toContain("/help");
  expect(new Set(slash).size).toBe(slash?.length);
});

it("says of a command what may follow it", () => {
  const [cluster, lock] =
    slackManifest([named("cluster build"), named("cluster list"), named("lock")], { kind: "socket" }).features
      ?.slash_commands ?? [];
  expect(cluster).toEqual({
    command: "/cluster",
    description: "Nonet: cluster build, cluster list",
    usage_hint: "build NAME [count] | list NAME [count]",
    should_escape: false,
  });
  expect(lock).toMatchObject({ command: "/lock", description: "Does lock", usage_hint: "NAME [count]" });
});

it("knows one event, and reads no messages but through the history", () => {
  const { settings, oauth_config } = slackManifest([], { kind: "socket" });
  expect(settings).toMatchObject({
    socket_mode_enabled: true,
    event_subscriptions: { bot_events: ["app_home_opened"] },
  });
  expect(oauth_config?.scopes).toEqual({ bot: [...botScopes] });
});

it("names the address everywhere where Slack calls Nonet", () => {
  const url = "https://nonet.example.com/slack";
  const { settings, features } = slackManifest([named("lock")], { kind: "http", url });
  expect(settings).toMatchObject({
    socket_mode_enabled: false,
    event_subscriptions: { request_url: url },
    interactivity: { request_url: url },
  });
  expect(features?.slash_commands?.every((each) => each.url === url)).toBe(true);
});

it("is refused here rather than by Slack", () => {
  const many = Array.from({ length: 50 }, (_, index) => named(`word${index}`));
  expect(() => slackManifest(many, { kind: "socket" })).toThrow("51 slash commands are more than 50");
  expect(() => slackManifest([named("w".repeat(32))], { kind: "socket" })).toThrow("longer than 32 characters");
  const long = Array.from({ length: 60 }, (_, index) => named(`cluster subcommand${index}`));
  const [cluster] = slackManifest(long, { kind: "socket" }).features?.slash_commands ?? [];
  expect(cluster?.usage_hint?.length).toBe(1000);
});
