import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The text as an SQL string literal (NO_BACKSLASH_ESCAPES off, MariaDB's default). */
export function sqlText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** What `mysql_native_password` stores: `*` and SHA1(SHA1(password)) in upper-case hexadecimal. */
export function nativePasswordHash(password: string): string {
  return `*${bytesToHex(sha1(sha1(utf8ToBytes(password)))).toUpperCase()}`;
}

/** SHA-256 of the text in lower-case hexadecimal, as `sha256sum` prints it. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
