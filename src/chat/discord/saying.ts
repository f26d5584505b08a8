import { MessageFlags, type APIAllowedMentions } from "discord-api-types/v10";
import type { Saying } from "../../core/mouth.ts";
import type { ChatFile } from "../files.ts";
import { wordSaying } from "../sayings.ts";
import { units } from "../text.ts";
import { codeBlock, disarm, disarmedSize } from "./markdown.ts";

/** Of the 2,000 characters that Discord takes. */
const mostText = 1800;
/** So many people are asked at once; Discord takes 100 in `users`. */
const mostMentions = 20;

/** What is sent to Discord; the files go beside it. */
export interface DiscordSaying {
  readonly content: string;
  /** Several `MessageFlags` in one. */
  readonly flags: number;
  readonly allowed_mentions: APIAllowedMentions;
  readonly files: readonly ChatFile[];
}

/** Something said in words; only the phones of `mentionIds` (ids of Discord's users) ring. */
export function discordSaying(saying: Saying, mentionIds: readonly string[]): DiscordSaying {
  const users = [...new Set(mentionIds)].filter((id) => /^\d{15,20}$/.test(id)).slice(0, mostMentions);
  const calls = users.map((id) => `<@${id}> `).join("");
  const isFile = saying.tone === "file";
  const { lines, file } = wordSaying(saying, mostText - calls.length, isFile ? units : disarmedSize);
  const words = isFile ? codeBlock(lines, "text") : disarm(lines.join("\n"));
  // Detail is for whoever looks, not for whoever is paid to wake up.
  const isQuiet = saying.tone === "log" || isFile;
  return {
    content: `${calls}${isFile ? "\n" : ""}${words}`.trim() || "…",
    flags: isQuiet ? MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications : MessageFlags.SuppressEmbeds,
    allowed_mentions: { parse: [], users },
    files: file === null ? [] : [file],
  };
}
