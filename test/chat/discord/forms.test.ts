import { ComponentType, type APIModalSubmission } from "discord-api-types/v10";
import { expect, it } from "vitest";
import { actionModal, filledFrom } from "../../../src/chat/discord/modal.ts";
import { discordSaying } from "../../../src/chat/discord/saying.ts";

const id = "approve:1f6f2f0c:00";
const field = { name: "reason", label: "Why it cannot wait", hint: "Everybody reads this", required: true } as const;

it("asks for what a button needs", () => {
  expect(actionModal({ id, label: "Break the glass", style: "danger", fields: [field] })).toEqual({
    custom_id: id,
    title: "Break the glass",
    components: [
      {
        type: ComponentType.Label,
        label: "Why it cannot wait",
        description: "Everybody reads this",
        component: { type: ComponentType.TextInput, custom_id: "reason", style: 2, required: true, max_length: 500 },
      },
    ],
  });
});

it("stays within the limits of forms with whatever is in them", () => {
  const long = "👩‍👩‍👧‍👦".repeat(1000);
  const fields = Array.from({ length: 9 }, () => ({ ...field, label: long, hint: long }));
  const { title, components } = actionModal({ id, label: long, style: "plain", fields });
  expect(title.length).toBeLessThanOrEqual(45);
  expect(components).toHaveLength(5);
  for (const each of components) {
    if (each.type !== ComponentType.Label) throw new Error("no label");
    expect(each.label.length).toBeLessThanOrEqual(45);
    expect(each.description?.length).toBeLessThanOrEqual(100);
  }
});

it("reads what was filled in", () => {
  const text = (name: string, value: string) => ({
    type: ComponentType.Label as const,
    id: 1,
    component: { type: ComponentType.TextInput as const, id: 2, custom_id: name, value },
  });
  const components: APIModalSubmission["components"] = [text("reason", " the site is down\n"), text("code", "")];
  expect(filledFrom({ components })).toEqual({ reason: "the site is down" });
});

it("calls those it is for, and keeps long output in a file", () => {
  expect(discordSaying({ text: "bob approved *it*", tone: "news", mentions: [] }, ["123456789012345678"])).toEqual({
    content: "<@123456789012345678> bob approved \\*it\\*",
    flags: 4,
    allowed_mentions: { parse: [], users: ["123456789012345678"] },
    files: [],
  });
  const lines = Array.from({ length: 900 }, (_, index) => `line ${index}`);
  const { content, files } = discordSaying({ text: lines.join("\n"), tone: "file", mentions: [] }, []);
  expect(content).toMatch(/^```text\n… \d+ lines more above\n[^]*\nline 899\n```$/);
  expect(files[0]?.data.toString()).toBe(lines.join("\n"));
});
