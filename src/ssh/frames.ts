import { reveal, type Text } from "../core/secret.ts";
import { lines, raw, sh, type Action, type Script } from "../core/shell.ts";
import { writeScript } from "./write.ts";

/** One part of a framed script: a script of its own, with its own standard input (empty unless given). */
export interface Part {
  readonly script: Script;
  readonly stdin?: Text;
}

/** What one part printed on one stream. */
export interface Frame {
  readonly index: number;
  readonly output: string;
  /** Exit status; absent when the part had not ended. */
  readonly status?: number;
  /** The beginning of the output was dropped because it was too long. */
  readonly truncated: boolean;
}

/** `facts`: all parts run, errors stay on their own stream. `actions`: stops at the first failure, streams are merged. */
export type Framing = "facts" | "actions";

/** A mark nobody can guess or print by chance. */
export function newNonce(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/**
 * Compiles parts to one script. Each part runs in a subshell of its own, through `eval` so that not even a syntax
 * error in it reaches the others, and stands between marks that carry the nonce.
 */
export function compile(parts: readonly Part[], nonce: string, framing: Framing): Script {
  const facts = framing === "facts";
  const head = sh`nonet_mark() { printf '\n@%s %s\n' ${nonce} "$*"; }`;
  const mark = facts
    ? (text: Script) => sh`nonet_mark ${raw(text)}; nonet_mark ${raw(text)} >&2`
    : (text: Script) => sh`nonet_mark ${raw(text)}`;
  const scripts = parts.map((part, index) => {
    const body = facts ? sh`( eval ${part.script} )` : sh`( eval ${part.script} ) 2>&1`;
    return lines([
      mark(sh`begin ${index}`),
      part.stdin === undefined ? sh`${raw(body)} </dev/null` : sh`${raw(pour(part.stdin))} | ${raw(body)}`,
      sh`nonet_status=$?`,
      mark(sh`end ${index} "$nonet_status"`),
      ...(facts ? [] : [sh`[ "$nonet_status" = 0 ] || exit 0`]),
    ]);
  });
  return lines([head, ...scripts]);
}

/** `printf` is built into the shell: the text is neither in an argument list nor in a temporary file. */
function pour(text: Text): Script {
  return sh`printf %s ${Buffer.from(reveal(text)).toString("base64")} | base64 -d`;
}

/** The frames in what a framed script printed on one stream; whatever stands outside of frames is dropped. */
export function parseFrames(text: string, nonce: string): Frame[] {
  const frames: Frame[] = [];
  let open: { index: number; from: number; truncated: boolean } | undefined;
  let seen = false;
  for (const match of text.matchAll(new RegExp(`\\n@${nonce} (begin|end) (\\d+)(?: (\\d+))?\\n`, "g"))) {
    const index = Number(match[2]);
    if (match[1] === "begin") {
      open = { index, from: match.index + match[0].length, truncated: false };
    } else {
      const from = open?.index === index ? open : { from: 0, truncated: !seen };
      const output = text.slice(from.from, match.index);
      frames.push({ index, output, status: Number(match[3]), truncated: from.truncated });
      open = undefined;
    }
    seen = true;
  }
  if (open !== undefined) frames.push({ index: open.index, output: text.slice(open.from), truncated: false });
  return frames;
}

/** An action other than `prove` as a part of a script. */
export function actionPart(action: Exclude<Action, { kind: "prove" }>): Part {
  if (action.kind === "write") {
    return { script: writeScript(action, reveal(action.content)), stdin: action.content };
  }
  return action.stdin === undefined ? { script: action.script } : { script: action.script, stdin: action.stdin };
}
