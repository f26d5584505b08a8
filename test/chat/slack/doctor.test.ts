import { beforeEach, expect, it, onTestFinished } from "vitest";
import { slackChecks, type DoctorOptions } from "../../../src/chat/slack/doctor.ts";
import { botScopes } from "../../../src/chat/slack/manifest.ts";
import { describeFailure, toFailure } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { openFakeSlack } from "../../fakes/slack/open.ts";
import type { FakeSlack } from "../../fakes/slack/slack.ts";

let slack: FakeSlack;

beforeEach(async () => {
  slack = await openFakeSlack({ scopes: botScopes });
  onTestFinished(() => slack.close());
});

/** What each check says, by its name. */
async function findings(parts: Partial<DoctorOptions> = {}): Promise<Record<string, string>> {
  const checks = slackChecks({
    botToken: new Secret(slack.tokens.bot),
    appToken: new Secret(slack.tokens.app),
    apiUrl: slack.apiUrl,
    pinned: { team: "T0ACME", enterprise: null, app: "A0NONET" },
    channels: [{ name: "ops", id: "C0OPS" }],
    ...parts,
  });
  const told = checks.map(async ({ what, look }) => {
    const said = look().catch((error: unknown) => `✗ ${describeFailure(toFailure(error))}`);
    return [what, await said] as const;
  });
  return Object.fromEntries(await Promise.all(told));
}

it("finds nothing to mend", async () => {
  expect(await findings()).toEqual({
    "Slack bot token": "nonet in Acme",
    "Slack app token": "Socket Mode is on",
    "Slack channel ops": "#ops",
  });
});

it("says what is wrong with the token, and what is too much", async () => {
  const { "Slack bot token": wrong } = await findings({
    pinned: { team: "T0OTHER", enterprise: null, app: "A0NONET" },
  });
  expect(wrong).toContain("The token is for team T0ACME, the configuration says T0OTHER.");
  const { "Slack bot token": app } = await findings({ pinned: { team: "T0ACME", enterprise: null, app: "A0OTHER" } });
  expect(app).toContain("The token is for app A0NONET, the configuration says A0OTHER.");
  slack.tokens.scopes = [...botScopes, "im:history"];
  expect((await findings())["Slack bot token"]).toBe("nonet in Acme; not needed: im:history");
  slack.tokens.scopes = ["chat:write", "commands"];
  expect((await findings())["Slack bot token"]).toContain("lacks channels:history, channels:read, files:write");
  slack.tokens.revoke("bot");
  expect((await findings())["Slack bot token"]).toContain("Slack refuses the bot's token (token_revoked).");
});

it("says what is wrong with the app-level token", async () => {
  const told = (await findings({ appToken: new Secret(slack.tokens.bot) }))["Slack app token"];
  expect(told).toContain("Slack refuses the app-level token (not_allowed_token_type).");
  expect(await findings({ appToken: null })).not.toHaveProperty("Slack app token");
});

it("says which channels the bot cannot speak in", async () => {
  const channels = [
    { name: "random", id: "C0OTHER" },
    { name: "old", id: "C0OLD" },
    { name: "gone", id: "C0NOWHERE" },
    { name: "partner", id: "C0SHARED" },
  ];
  const found = await findings({ channels });
  expect(found["Slack channel random"]).toBe("✗ The bot is not in it. Invite it: /invite @nonet");
  expect(found["Slack channel old"]).toContain("archived");
  expect(found["Slack channel gone"]).toContain("cannot see that channel");
  expect(found["Slack channel partner"]).toBe("#with-partner, shared with other organisations");
});

it("says that Slack cannot be reached", async () => {
  slack.down();
  expect((await findings())["Slack bot token"]).toContain("Slack could not be reached");
});
