import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { answer, command } from "../../src/core/command.ts";
import { manifestPage } from "../../src/chat/slack/manifest.ts";
import { commandsPage } from "../../src/main/commands-page.ts";
import { openRegistry } from "../../src/main/registry.ts";
import { flowTable } from "../../src/policy/flow-table.ts";
import { altOf } from "../../src/render/draw.ts";
import { drawings } from "../render/samples.ts";
import { repository } from "./page-files.ts";

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

// `npm run docs:drawings` draws them.
it.each(Object.entries(drawings))("the picture %s is described as it is", async (name, drawing) => {
  const pages = await Promise.all(
    ["inspect", "cards"].map((page) => readFile(join(repository, `docs/${page}.md`), "utf8")),
  );
  expect(pages.join("\n")).toContain(`![${altOf(drawing)}](pictures/${name}.png)`);
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
