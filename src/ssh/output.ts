import { scrub, Secret, type Text } from "../core/secret.ts";

/** How a script on a node came to its end, seen from here. */
export type Ending =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly name: string }
  /** The connection broke while it ran. */
  | { readonly kind: "lost" }
  /** It did not end in time; it was told to stop. */
  | { readonly kind: "deadline" }
  /** Somebody cancelled; it was told to stop. */
  | { readonly kind: "cancelled" };

/** What a script printed, not scrubbed of secrets. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly ending: Ending;
  /** Bytes that came in, including those that were dropped. */
  readonly bytes: number;
}

/** Collects a stream and keeps no more than its last `limit` bytes. */
export interface Tail {
  push(chunk: Uint8Array): void;
  text(): string;
  readonly bytes: number;
}

export function keepTail(limit: number): Tail {
  const chunks: Uint8Array[] = [];
  let held = 0;
  let bytes = 0;
  return {
    push(chunk) {
      chunks.push(chunk);
      held += chunk.length;
      bytes += chunk.length;
      for (let first = chunks[0]; first !== undefined && held - first.length >= limit; first = chunks[0]) {
        held -= first.length;
        chunks.shift();
      }
    },
    text: () => Buffer.concat(chunks).subarray(-limit).toString("utf8"),
    get bytes() {
      return bytes;
    },
  };
}

/** The last lines of an output, fit for an error message: no secrets, no control characters. */
export function excerpt(output: string, secrets: Iterable<string>, count = 20): string {
  const clean = scrub(output, secrets)
    // eslint-disable-next-line no-control-regex
    .replaceAll(/\u001B\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000B-\u001F\u007F]/g, "")
    .trimEnd();
  return clean.split("\n").slice(-count).join("\n").slice(-4000);
}

/** What must not show up in output when this text was sent: all of it, and each long line of it (keys). */
export function secretsIn(text: Text | undefined): string[] {
  if (!(text instanceof Secret)) return [];
  const plain = text.reveal();
  return [plain.trim(), ...plain.split("\n").filter((line) => line.length >= 40)];
}
