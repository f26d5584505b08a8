import { readConfig, readExtensions, type Config } from "../config.ts";
import { openRegistry } from "./registry.ts";

/**
 * Reads the configuration; the extensions first, because rules may be about their commands.
 * @throws OpsError `bad_config` or `bad_extension`.
 */
export async function configuration(env: Readonly<Record<string, string | undefined>>): Promise<Config> {
  const { commands } = await openRegistry(await readExtensions(env));
  return readConfig(env, commands);
}
