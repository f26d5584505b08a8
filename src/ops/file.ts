import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { desire, operation, type Item } from "../core/operation.ts";
import { reveal, Secret, type Text } from "../core/secret.ts";
import { lines, sh } from "../core/shell.ts";

/** An absolute path without `..` or a slash at its end. */
export const Path = z.string().regex(/^(?:\/(?!\.\.?(?:\/|$))[^/\0\n]+)+$/, "an absolute path such as /etc/hosts");
/** Octal text of four digits: `0644`. */
export const Mode = z.string().regex(/^[0-7]{4}$/, "four octal digits such as 0644");
const Content = z.custom<Text>((value) => typeof value === "string" || value instanceof Secret);

const File = z.strictObject({ path: Path, content: Content, mode: Mode, owner: z.string(), group: z.string() });
export type File = z.infer<typeof File>;

/** Text of other files up to this size, in bytes, is shown in a plan. */
const shownBytes = 16_384;

const hash = (content: Text): string => bytesToHex(sha256(utf8ToBytes(reveal(content))));

/**
 * A regular file with exactly this content. Only a hash tells whether it is as wanted; what it holds instead comes back
 * only when it is short and what is wanted is no secret.
 */
export const file = operation<File>({
  name: "file",
  state: File,
  key: (want) => want.path,
  read: (wants) =>
    lines([
      sh`look() {
  if [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then echo other; return; fi
  [ -e "$1" ] || { echo none; return; }
  sum=$(sha256sum <"$1"); sum=\${sum%% *}
  printf 'file %s %s ' "$(stat -c '%a %U %G %s' -- "$1")" "$sum"
  if [ "$sum" != "$2" ] && [ "$3" = show ] && [ "$(stat -c %s -- "$1")" -le ${shownBytes} ]; then base64 -w0 <"$1"; fi
  echo
}`,
      ...wants.map((want) => {
        const shown = want.content instanceof Secret ? "hide" : "show";
        return sh`look ${want.path} ${hash(want.content)} ${shown}`;
      }),
    ]),
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((want, index) => parseLine(found[index] ?? "none", want));
  },
  apply: ({ path, content, mode, owner, group }) => [{ kind: "write", path, content, mode, owner, group }],
});

function parseLine(line: string, want: File): File | undefined {
  if (line === "none") return undefined;
  const [word, mode = "", owner = "", group = "", size = "", sum = "", base64 = ""] = line.split(" ");
  if (word !== "file") return { ...want, content: hide(want, "not a regular file") };
  const rest = { path: want.path, mode: mode.padStart(4, "0"), owner, group };
  if (sum === hash(want.content)) return { ...rest, content: want.content };
  if (base64 !== "" || size === "0") return { ...rest, content: hide(want, decode(base64)) };
  return { ...rest, content: hide(want, `(${size} bytes, SHA-256 ${sum})`) };
}

const hide = (want: File, text: string): Text => (want.content instanceof Secret ? new Secret(text) : text);

function decode(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

/** A file of root that everybody may read, unless told otherwise. */
export function fileItem(
  path: string,
  content: Text,
  more: Partial<Pick<File, "mode" | "owner" | "group">> = {},
): Item {
  return desire(file, { path, content, mode: "0644", owner: "root", group: "root", ...more });
}
