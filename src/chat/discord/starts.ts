import { z } from "zod";
import type { DiscordClient } from "./client.ts";

const GatewayBot = z.object({
  url: z.url({ protocol: /^wss?$/ }),
  session_start_limit: z.object({ remaining: z.number(), reset_after: z.number() }),
});

/** Where the gateway is, how many sessions may still be begun, and in how many milliseconds the count starts anew. */
export interface Starts {
  readonly url: string;
  readonly remaining: number;
  readonly resetMs: number;
}

/** @throws what the client throws. */
export async function readStarts(client: DiscordClient): Promise<Starts> {
  const { url, session_start_limit: limit } = GatewayBot.parse(
    await client.send({ method: "GET", route: "/gateway/bot" }),
  );
  return { url, remaining: limit.remaining, resetMs: limit.reset_after };
}
