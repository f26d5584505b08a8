import type { Secret } from "../core/secret.ts";

/** Where and how to get into a node. */
export interface Door {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Private key, OpenSSH or PEM text. */
  readonly key: Secret<string>;
  /** The one key the host may have: `ssh-ed25519 AAAA…`, a comment may follow. */
  readonly hostKey: string;
}
