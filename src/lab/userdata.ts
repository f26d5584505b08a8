import { parse } from "yaml";
import { z } from "zod";
import { LabError } from "./shell.ts";

const writeFile = z.strictObject({
  path: z.string().startsWith("/"),
  content: z.string(),
  permissions: z
    .string()
    .regex(/^0?[0-7]{3,4}$/)
    .default("0644"),
  encoding: z.enum(["text/plain", "b64", "base64"]).default("text/plain"),
});

/** The part of cloud-config that the lab honours; anything else is refused, so that nothing is silently ignored. */
const cloudConfig = z.strictObject({
  hostname: z.string().optional(),
  disable_root: z.literal(false).optional(),
  ssh_pwauth: z.boolean().optional(),
  ssh_deletekeys: z.boolean().optional(),
  ssh_authorized_keys: z.array(z.string()).default([]),
  ssh_keys: z.record(z.string().regex(/^(ed25519|ecdsa|rsa)_(private|public)$/), z.string()).default({}),
  write_files: z.array(writeFile).default([]),
});

/** What first boot does with user data. */
export type CloudConfig = z.infer<typeof cloudConfig>;

/** Reads user data. Throws `LabError` when it is no cloud-config or asks for what the lab does not do. */
export function readUserData(text: string | null): CloudConfig {
  if (text === null || text.trim() === "") return cloudConfig.parse({});
  if (!text.startsWith("#cloud-config")) {
    throw new LabError("The user data must start with the line #cloud-config; the lab knows no other kind.");
  }
  const parsed = cloudConfig.safeParse(parse(text) ?? {});
  if (parsed.success) return parsed.data;
  throw new LabError(`The lab does not do what this user data asks for:\n${z.prettifyError(parsed.error)}`);
}
