import { expect, it } from "vitest";
import { z } from "zod";
import { answer, command } from "../../src/core/command.ts";
import { manifestPage } from "../../src/chat/slack/manifest.ts";
import { commandsPage } from "../../src/main/commands-page.ts";
import { openRegistry } from "../../src/main/registry.ts";
import { flowTable } from "../../src/policy/flow-table.ts";

// `npm run docs` writes them.
it("the page about flows is current", async () => {
  await expect(flowTable()).toMatchFileSnapshot("../../docs/flows.md");
});

it("the page about commands is current", async () => {
  await expect(commandsPage(await openRegistry(null))).toMatchFileSnapshot("../../docs/commands.md");
});

it("the manifests of the Slack app are current", async () => {
  const { commands } = await openRegistry(null);
  const overSockets = manifestPage(commands, { kind: "socket" });
  await expect(overSockets).toMatchFileSnapshot("../../docs/slack-manifest.yaml");
  const overHttp = manifestPage(commands, { kind: "http", url: "https://nonet.example.com/slack/events" });
  await expect(overHttp).toMatchFileSnapshot("../../docs/slack-manifest-http.yaml");
});

it("a command's page says what each option may be", () => {
  const scale = command({
    name: "cluster scale",
    summary: "Change the number of web servers",
    access: "operator",
    input: z.object({
      count: z.coerce.number().int().min(2).max(20),
      how: z.enum(["slowly", "at once"]).default("slowly"),
      reason: z.string().optional(),
    }),
    run: () => Promise.resolve(answer({ ok: true, verdict: "" })),
  });
  const page = commandsPage({ commands: [scale], playbooks: [] });
  expect(page).toContain("## /cluster scale COUNT [how] [reason]");
  expect(page).toMatch(/\| `count` +\| number from 2 to 20 +\| must be there \|/);
  expect(page).toMatch(/\| `how` +\| slowly or at once +\| "slowly" +\|/);
  expect(page).toMatch(/\| `reason` +\| text +\| possible +\|/);
});
