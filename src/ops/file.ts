import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { desire, operation, type Item } from "../core/operation.ts";
import { reveal, Secret, type Text } from "../core/secret.ts";
import { sh, type Script } from "../core/shell.ts";

/** An absolute path without `..` or a slash at its end; nor with a backslash, which tools print in their own ways. */
export const Path = z.string().regex(/^(?:\/(?!\.\.?(?:\/|$))[^/\0\n\\]+)+$/, "an absolute path such as /etc/hosts");
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
  read: (wants) => look(wants),
  parse(output, wants) {
    const found = new Map<string, string[]>();
    for (const line of output.split("\n")) {
      const [word = "", ...rest] = line.split(" ");
      const path = rest.slice(fields[word]).join(" ");
      found.set(`${word} ${path}`, rest.slice(0, fields[word]));
    }
    return wants.map((want) => stateOf(want, (word) => found.get(`${word} ${want.path}`)));
  },
  apply: ({ path, content, mode, owner, group }) => [{ kind: "write", path, content, mode, owner, group }],
});

/** How many words stand before the path in each kind of line that `look` prints. */
const fields: Readonly<Record<string, number>> = { other: 0, stat: 4, sum: 2 };

/** One `stat` and one `sha256sum` for all: on a small node starting programs is what takes time. */
const look = (
  wants: readonly File[],
): Script => sh`wanted=${listed(wants.map((want) => `${hash(want.content)}  ${want.path}`))}
hidden=${listed(wants.filter((want) => want.content instanceof Secret).map((want) => want.path))}
nl='
'
set -- ${wants.map((want) => want.path)}
for path do
  shift
  if [ -L "$path" ] || { [ -e "$path" ] && [ ! -f "$path" ]; }; then echo "other $path"
  elif [ -e "$path" ]; then set -- "$@" "$path"; fi
done
[ $# -gt 0 ] || exit 0
stat -c 'stat %a %U %G %s %n' -- "$@"
sha256sum -- "$@" | while IFS= read -r line; do
  path=\${line#*  } content=-
  case $wanted in *"$nl$line$nl"*) ;; *)
    case $hidden in *"$nl$path$nl"*) ;; *)
      [ "$(stat -c %s -- "$path")" -gt ${shownBytes} ] || content=$(base64 -w0 <"$path") ;;
    esac ;;
  esac
  echo "sum \${line%% *} \${content:-=} $path"
done`;

const listed = (texts: readonly string[]): string => `\n${texts.join("\n")}\n`;

function stateOf(want: File, line: (word: string) => string[] | undefined): File | undefined {
  if (line("other") !== undefined) return { ...want, content: hide(want, "not a regular file") };
  const [mode = "", owner = "", group = "", size = ""] = line("stat") ?? [];
  const [sum, content = "-"] = line("sum") ?? [];
  if (sum === undefined) return undefined;
  const rest = { path: want.path, mode: mode.padStart(4, "0"), owner, group };
  if (sum === hash(want.content)) return { ...rest, content: want.content };
  if (content !== "-") return { ...rest, content: hide(want, decode(content)) };
  return { ...rest, content: hide(want, `(${size} bytes, SHA-256 ${sum})`) };
}

const hide = (want: File, text: string): Text => (want.content instanceof Secret ? new Secret(text) : text);

function decode(base64: string): string {
  return new TextDecoder().decode(
    Uint8Array.from(atob(base64.replace(/^=$/, "")), (character) => character.charCodeAt(0)),
  );
}

/** A file of root that everybody may read, unless told otherwise. */
export function fileItem(
  path: string,
  content: Text,
  more: Partial<Pick<File, "mode" | "owner" | "group">> = {},
): Item {
  return desire(file, { path, content, mode: "0644", owner: "root", group: "root", ...more });
}
