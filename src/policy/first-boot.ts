import type { KeyPair } from "../core/ports.ts";

/**
 * Cloud-config of a new node: the host key it must have, so that it can be pinned before the first connection, and the
 * one key that may log in. JSON is YAML, so nothing needs quoting rules of its own.
 */
export function cloudConfig(hostname: string, hostKey: KeyPair, botKey: string): string {
  return `#cloud-config\n${JSON.stringify({
    hostname,
    disable_root: false,
    ssh_pwauth: false,
    ssh_authorized_keys: [botKey],
    ssh_keys: { ed25519_private: hostKey.privateKey.reveal(), ed25519_public: hostKey.publicKey },
  })}\n`;
}
