import { createHash } from "node:crypto";
import type { ChatFile } from "../files.ts";
import type { Call, DiscordClient } from "./client.ts";

/** A message as it is sent. */
export interface Outgoing {
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: readonly ChatFile[];
}

/** Posts a message. Said again under the same key within minutes, Discord returns the first one. */
export function postIn(
  client: DiscordClient,
  channel: string,
  { body, files }: Outgoing,
  key: string,
  more: Pick<Call, "signal" | "isProgress"> = {},
): Promise<unknown> {
  // At most 25 characters, the same for the same key.
  const nonce = createHash("sha256").update(key).digest("base64url").slice(0, 25);
  return client.send({
    ...more,
    method: "POST",
    route: `/channels/${channel}/messages`,
    body: { ...body, nonce, enforce_nonce: true },
    files,
  });
}
