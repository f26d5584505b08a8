import type { KnownBlock, RichTextElement } from "@slack/types";
import type { Saying } from "../../core/mouth.ts";
import type { ChatFile } from "../files.ts";
import { wordSaying } from "../sayings.ts";
import { escapeMrkdwn, slackSize, textOf } from "./blocks.ts";

/** Text and its fallback stay below the 4,000 of an update. */
const mostText = 2800;
/** So many people are asked at once. */
const mostMentions = 20;

/** What is sent to Slack; the file is uploaded into the thread. */
export interface SlackSaying {
  readonly blocks: KnownBlock[];
  readonly text: string;
  readonly files: readonly ChatFile[];
}

/** Something said in words; only the phones of `mentionIds` (ids of Slack's users) ring. */
export function slackSaying(saying: Saying, mentionIds: readonly string[]): SlackSaying {
  const users = [...new Set(mentionIds)].filter((id) => /^[UW][A-Z0-9]{2,20}$/.test(id)).slice(0, mostMentions);
  const { lines, file } = wordSaying(saying, mostText, slackSize);
  const words = lines.join("\n").trim() || "…";
  const calls = users.flatMap((id): RichTextElement[] => [{ type: "user", user_id: id }, textOf(" ")]);
  const block: KnownBlock = {
    type: "rich_text",
    elements:
      saying.tone === "file"
        ? [
            ...(calls.length === 0 ? [] : [{ type: "rich_text_section" as const, elements: calls }]),
            { type: "rich_text_preformatted", elements: [textOf(words)] },
          ]
        : [{ type: "rich_text_section", elements: [...calls, textOf(words)] }],
  };
  return {
    blocks: [block],
    text: `${users.map((id) => `<@${id}> `).join("")}${escapeMrkdwn(words)}`,
    files: file === null ? [] : [file],
  };
}
