import { createHash } from "node:crypto";
import { sh, type Script } from "../core/shell.ts";

/** Where a file goes and to whom it belongs. `mode` is octal text such as `0644`. */
export interface Place {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/**
 * A script that reads a file's content on its standard input and puts it in place: a private temporary file in the
 * same folder, checksum, owner, mode, atomic rename. Whatever stops it, the old file stays whole. A symbolic link at
 * `path` is replaced, not followed.
 * @throws TypeError when the path is not that of a file from the root
 */
export function writeScript({ path, mode, owner, group }: Place, content: string | Uint8Array): Script {
  if (!path.startsWith("/") || path.endsWith("/")) throw new TypeError(`not an absolute path of a file: ${path}`);
  const folder = path.slice(0, path.lastIndexOf("/"));
  const sum = createHash("sha256").update(content).digest("hex");
  // The name starts with a dot and has no known suffix, so that no `conf.d/*.conf` ever includes it.
  return sh`set -eu
t=$(mktemp ${`${folder}/.nonet.XXXXXXXX`})
trap 'rm -f -- "$t"' EXIT
trap 'exit 1' HUP INT TERM PIPE
cat >"$t"
[ "$(sha256sum <"$t")" = ${`${sum}  -`} ] || { echo "the content did not arrive whole (checksum)" >&2; exit 1; }
chown -- ${`${owner}:${group}`} "$t"
chmod -- ${mode} "$t"
mv -fT -- "$t" ${path}`;
}
