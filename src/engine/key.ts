import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OpsError } from "../core/errors.ts";

/** The key that seals everything generated, and where it came from, in words. */
export interface MasterKey {
  /** 32 bytes. */
  readonly bytes: Buffer;
  readonly source: string;
}

/**
 * Takes the key from `NONET_KEY`, else from the systemd credential `nonet-key`, else from a key file in `stateDir`,
 * which is made (0600) when nothing was sealed yet. `sealed` is the name of a store where something was.
 * @throws OpsError `bad_key` when it is not 64 hexadecimal digits, `key_missing` when there is a store but no key.
 */
export function masterKey(stateDir: string, env: NodeJS.ProcessEnv, sealed: string | undefined): MasterKey {
  if (env["NONET_KEY"]) return parse(env["NONET_KEY"], "the environment (NONET_KEY)");
  const credential = env["CREDENTIALS_DIRECTORY"] ? join(env["CREDENTIALS_DIRECTORY"], "nonet-key") : undefined;
  if (credential !== undefined && existsSync(credential)) {
    return parse(readFileSync(credential, "utf8"), `the systemd credential ${credential}`);
  }
  const file = join(stateDir, "nonet.key");
  if (!existsSync(file)) {
    if (sealed !== undefined) {
      throw new OpsError({
        code: "key_missing",
        message: `There is a store at ${sealed} but not the key that opens it.`,
        hint: `Set NONET_KEY, give the systemd credential nonet-key, or put the key file at ${file}. Every instance on a store needs the same key.`,
      });
    }
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  }
  return parse(readFileSync(file, "utf8"), `the key file ${file}`);
}

function parse(text: string, source: string): MasterKey {
  if (!/^[0-9a-f]{64}$/i.test(text.trim())) {
    throw new OpsError({
      code: "bad_key",
      message: `The key from ${source} is not 64 hexadecimal digits.`,
      hint: "Make one with: openssl rand -hex 32",
    });
  }
  return { bytes: Buffer.from(text.trim(), "hex"), source };
}
