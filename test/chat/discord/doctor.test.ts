import { afterEach, beforeEach, expect, it } from "vitest";
import { discordChecks } from "../../../src/chat/discord/doctor.ts";
import { inviteUrl } from "../../../src/chat/discord/permissions.ts";
import { describeFailure, toFailure } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { commands } from "../../../src/main/registry.ts";
import { type FakeDiscord, openFakeDiscord } from "../../fakes/discord/fake.ts";
import { ids } from "../../fakes/discord/sample.ts";

let discord: FakeDiscord;
beforeEach(async () => {
  discord = await openFakeDiscord();
});
afterEach(() => discord.close());

/** What the doctor says, by what it is about. */
async function seen(changes: object = {}): Promise<Record<string, string>> {
  const checks = discordChecks({
    token: new Secret(discord.token),
    apiUrl: discord.apiUrl,
    guild: ids.guild,
    application: ids.application,
    channels: [
      { name: "ops", id: ids.ops },
      { name: "news", id: ids.readOnly },
      { name: "private", id: ids.hidden },
      { name: "elsewhere", id: ids.otherChannel },
    ],
    commands,
    ...changes,
  });
  const said: Record<string, string> = {};
  for (const { what, look } of checks) {
    said[what] = await look().catch((error: unknown) => `✗ ${describeFailure(toFailure(error))}`);
  }
  return said;
}

it("says what is right, and what is missing in each channel", async () => {
  expect(await seen()).toMatchObject({
    "Discord token": expect.stringMatching(/^nonet/),
    "Discord server": "Example Hosting",
    "Discord channel ops": "all permissions",
    "Discord channel news": expect.stringContaining("lacks Send Messages and Send Messages in Threads."),
    "Discord channel private": expect.stringMatching(/^✗ .*View Channel/),
    "Discord channel elsewhere": expect.stringMatching(/^✗/),
    "Discord commands": expect.stringContaining("will be told at the next start"),
  });
  expect(discord.setting.commands.of(ids.guild)).toEqual([]);
});

it("says that the token is wrong, belongs to another application, or that the bot was not invited", async () => {
  expect((await seen({ token: new Secret("wrong") }))["Discord token"]).toContain("does not take the bot's token");
  expect((await seen({ application: "123456789012345678" }))["Discord token"]).toContain("not of application 123");
  discord.admin.kickBot(ids.guild);
  expect((await seen())["Discord server"]).toContain(inviteUrl(ids.application));
});

it("invites with what is needed and nothing more", () => {
  const url = new URL(inviteUrl("1"));
  expect(url.searchParams.get("scope")).toBe("bot applications.commands");
  const bits = BigInt(url.searchParams.get("permissions") ?? "0");
  const [administrator, mentionEveryone, manageMessages] = [1n << 3n, 1n << 17n, 1n << 13n];
  expect(bits & (administrator | mentionEveryone | manageMessages)).toBe(0n);
  expect(bits).toBe((1n << 10n) | (1n << 11n) | (1n << 14n) | (1n << 15n) | (1n << 16n) | (1n << 35n) | (1n << 38n));
});
