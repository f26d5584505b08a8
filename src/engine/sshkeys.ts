import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { KeyPair } from "../core/ports.ts";
import { Secret } from "../core/secret.ts";

/**
 * A new ed25519 key for SSH. Layout of the private key: OpenSSH's PROTOCOL.key (`openssh-key-v1`, no passphrase).
 */
export function newKeyPair(): KeyPair {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const seed = Buffer.from(jwk.d ?? "", "base64url");
  const point = Buffer.from(jwk.x ?? "", "base64url");
  const publicBlob = Buffer.concat([field("ssh-ed25519"), field(point)]);
  const check = randomBytes(4);
  const secrets = Buffer.concat([check, check, publicBlob, field(Buffer.concat([seed, point])), field("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secrets.length % 8)) % 8 }, (_, at) => at + 1));
  const count = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    count,
    field(publicBlob),
    field(Buffer.concat([secrets, padding])),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    publicKey: `ssh-ed25519 ${publicBlob.toString("base64")}`,
    privateKey: new Secret(
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`,
    ),
  };
}

/** Bytes with their length in front (RFC 4251, section 5, `string`). */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
