import { z } from "zod";
import { Name } from "../../auth/principals.ts";
import type { Problem, WhoMay } from "../../auth/who-may.ts";

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

/** An address without a path, over HTTPS unless it is this machine's own. */
const PublicUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => URL.canParse(text) && new URL(text).href === `${new URL(text).origin}/`,
    "an address without a path",
  )
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { protocol, hostname } = new URL(text);
    return protocol === "https:" || loopback.test(hostname);
  }, "whoever listens on the way could act as anybody: use https://, with a proxy in front (docs/web.md)")
  .transform((text) => new URL(text).origin);

/** The part of `nonet.yaml` that says where the web console is; without it there is none. */
export const WebFile = {
  web: z
    .strictObject({
      /** Where people find it, when that is not where it listens: the address of a proxy. */
      url: PublicUrl.nullable().default(null),
      host: z.string().min(1).default("127.0.0.1"),
      port: z.int().min(1).max(65535).default(9323),
      /** Name of the channel that is shown what is started there, so that others can answer. */
      channel: Name.nullable().default(null),
    })
    .refine(({ url, host }) => url !== null || loopback.test(host), "say at which https:// address people find it: url")
    .nullable()
    .default(null),
};

/** Where the web console listens, and where people find it. */
export type WebSettings = NonNullable<z.infer<typeof WebFile.web>>;

/** A channel that is named there but nowhere else. */
export function danglingWeb(web: WebSettings | null, { channels }: WhoMay): Problem[] {
  const channel = web?.channel ?? null;
  if (channel === null || channels.some(({ name }) => name === channel)) return [];
  return [{ path: ["web", "channel"], message: `there is no channel ${channel}` }];
}
