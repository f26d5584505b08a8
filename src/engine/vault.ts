import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";
import { OpsError } from "../core/errors.ts";
import type { KeyPair, Vault } from "../core/ports.ts";
import { scrub, Secret } from "../core/secret.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import { generateSecrets } from "./generate.ts";
import type { MasterKey } from "./key.ts";
import { newKeyPair } from "./sshkeys.ts";
import type { Store } from "./store/port.ts";

const secret = z.string().transform((value) => new Secret(value));
const certificate = z.object({ certificate: z.string(), key: secret, fingerprint: z.string() });
const pairs = <T extends z.ZodType>(value: T) => z.object({ lb: value, db: value, nfs: value });
const Stored: z.ZodType<ClusterSecrets> = z.object({
  rootPassword: secret,
  replicationPassword: secret,
  databasePassword: secret,
  monitorPassword: secret,
  drbdSecret: secret,
  corosyncKey: pairs(secret),
  pacemakerKey: pairs(secret),
  authority: certificate,
  qnetd: certificate,
  qdevice: pairs(certificate),
  site: certificate,
});
const StoredKeyPair: z.ZodType<KeyPair> = z.object({ publicKey: z.string(), privateKey: secret });

/** Cluster names are at least two letters, so these can never be one. */
const bot = "";

/** The vault with what only the engine needs of it. */
export interface OpenVault extends Vault {
  /** What a person's one-time codes are made from, in base 32; `undefined` for somebody who has none. */
  oneTimeSecret(person: string): Promise<Secret<string> | undefined>;
  /** Keeps what `make` returns for somebody who has none; `undefined` for somebody who has. */
  newOneTimeSecret(person: string, make: () => string): Promise<Secret<string> | undefined>;
  /** Returns whether there was one. */
  forgetOneTimeSecret(person: string): Promise<boolean>;
  /** Replaces every secret that was handed out in this process by dots. */
  scrub(text: string): string;
  /** Has a secret that was not generated here, such as an API token, scrubbed as well. */
  learn(secret: Secret<string>): void;
}

/** Whether anything was ever sealed in this store, and so a key for it exists. */
export async function isSealed(store: Store): Promise<boolean> {
  return (await store.get("select name from secrets limit 1")) !== undefined;
}

/**
 * Opens the vault: every secret is sealed with AES-256-GCM, bound to the cluster and name it is stored under.
 * @throws OpsError `wrong_key` when the store was sealed with another key.
 */
export async function openVault(
  store: Store,
  key: MasterKey,
  { domains, now }: { domains: (cluster: string) => Promise<readonly string[]>; now: () => number },
): Promise<OpenVault> {
  const known = new Set([key.bytes.toString("hex")]);
  const pending = new Map<string, Promise<unknown>>();
  const load = async (cluster: string, name: string): Promise<unknown> => {
    const row = await store.get("select sealed from secrets where cluster = ? and name = ?", [cluster, name]);
    const sealed = row?.["sealed"];
    return sealed instanceof Uint8Array ? JSON.parse(unseal(store, key, `${cluster}/${name}`, sealed)) : undefined;
  };
  /** Keeps the value, unless another process was quicker; returns whether it did. */
  const keep = async (cluster: string, name: string, value: unknown): Promise<boolean> => {
    const sealed = seal(key, `${cluster}/${name}`, JSON.stringify(value, revealed));
    const at = new Date(now()).toISOString();
    const row = await store.get(
      "insert into secrets values (?, ?, ?, ?) on conflict (cluster, name) do nothing returning name",
      [cluster, name, sealed, at],
    );
    return row !== undefined;
  };
  /** Returns the value that is kept. */
  const save = async (cluster: string, name: string, value: unknown): Promise<unknown> => {
    await keep(cluster, name, value);
    return load(cluster, name);
  };
  const getOrCreate = <T>(
    cluster: string,
    name: string,
    schema: z.ZodType<T>,
    make: () => Promise<T> | T,
  ): Promise<T> => {
    const id = `${cluster}/${name}`;
    const before = pending.get(id) ?? Promise.resolve();
    const next = before.then(async () => {
      const value = schema.parse((await load(cluster, name)) ?? (await save(cluster, name, await make())));
      return remember(known, value);
    });
    pending.set(
      id,
      next.catch(() => undefined),
    );
    return next;
  };

  // Read at every start, so that a wrong key is noticed before anything else happens.
  if ((await load(bot, "seal")) === undefined) await save(bot, "seal", "unbroken");
  return {
    secrets: (cluster) =>
      getOrCreate(cluster, "secrets", Stored, async () => generateSecrets(cluster, await domains(cluster), now())),
    hostKey: (cluster, node) => getOrCreate(cluster, `host-key/${node}`, StoredKeyPair, newKeyPair),
    botKey: () => getOrCreate(bot, "bot-key", StoredKeyPair, newKeyPair),
    forget: async (cluster) => {
      if (cluster !== bot) await store.run("delete from secrets where cluster = ?", [cluster]);
    },
    ...oneTimeSecrets(store, { known, load: (name) => load(bot, name), keep: (name, value) => keep(bot, name, value) }),
    scrub: (text) => scrub(text, known),
    learn: (secret) => void known.add(secret.reveal()),
  };
}

/** The part of the vault that belongs to people. */
function oneTimeSecrets(
  store: Store,
  parts: {
    readonly known: Set<string>;
    readonly load: (name: string) => Promise<unknown>;
    readonly keep: (name: string, value: unknown) => Promise<boolean>;
  },
): Pick<OpenVault, "oneTimeSecret" | "newOneTimeSecret" | "forgetOneTimeSecret"> {
  const { known, load, keep } = parts;
  const nameOf = (person: string) => `totp/${person}`;
  return {
    oneTimeSecret: async (person) => {
      const found = await load(nameOf(person));
      return found === undefined ? undefined : remember(known, secret.parse(found));
    },
    newOneTimeSecret: async (person, make) => {
      const made = remember(known, new Secret(make()));
      return (await keep(nameOf(person), made)) ? made : undefined;
    },
    forgetOneTimeSecret: async (person) => {
      const gone = await store.get("delete from secrets where cluster = ? and name = ? returning name", [
        bot,
        nameOf(person),
      ]);
      return gone !== undefined;
    },
  };
}

function seal(key: MasterKey, place: string, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function unseal(store: Store, key: MasterKey, place: string, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new OpsError({
      code: "wrong_key",
      message: `The key from ${key.source} does not open the store ${store.name}.`,
      state: "Nothing was changed.",
      hint: hints[store.kind],
      cause,
    });
  }
}

const hints = {
  sqlite: "Start with the key the store was made with; without it the generated secrets are lost.",
  postgres:
    "All instances on one database need the same key: set NONET_KEY here to the one that made the store (its key file is nonet.key in its NONET_STATE_DIR).",
};

/** `Secret.toJSON` hides its value before a replacer sees it, hence the look at the holder. */
function revealed(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const held = this[name];
  return held instanceof Secret ? held.reveal() : value;
}

/** From now on, these secrets are replaced by dots wherever they come up. */
function remember<T>(known: Set<string>, value: T): T {
  for (const text of secretsIn(value)) known.add(text);
  return value;
}

function secretsIn(value: unknown): string[] {
  if (value instanceof Secret) return [String(value.reveal())];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}
