import { OpsError } from "../core/errors.ts";
import { excerpt, type Ending, type Output } from "./output.ts";

/** What was going on when something stopped, in the words of an error. */
export interface Scene {
  readonly node: string;
  /** What was running: `file /etc/hosts`. */
  readonly doing: string;
  /** In which condition things are left. */
  readonly state: string;
  readonly output: string;
  readonly secrets: Iterable<string>;
}

/** A script that did not run to its own end, as an error. */
export function broken(ending: Exclude<Ending, { kind: "exit" }>, scene: Scene): OpsError {
  const { node, doing, state } = scene;
  const output = excerpt(scene.output, scene.secrets);
  return new OpsError({ ...words(ending, doing), node, state, ...(output === "" ? {} : { output }) });
}

function words(ending: Exclude<Ending, { kind: "exit" }>, doing: string) {
  const kinds = {
    cancelled: { code: "cancelled", message: `It was cancelled during ${doing}.` },
    deadline: {
      code: "deadline",
      message: `It took too long and was told to stop during ${doing}.`,
      hint: "See in the output what it waited for; running the command again is safe.",
    },
    lost: {
      code: "connection_lost",
      message: `The SSH connection broke during ${doing}.`,
      hint: "Check that the node is up; running the command again is safe.",
    },
    signal: {
      code: "killed",
      message: `The node killed the shell (signal ${ending.kind === "signal" ? ending.name : ""}) during ${doing}.`,
      hint: "Look at the node's journal: it may have run out of memory.",
    },
  };
  return kinds[ending.kind];
}

/** An answer without its marks: the shell itself failed. */
export function unframed(node: string, result: Output, secrets: Iterable<string>): OpsError {
  const output = excerpt(`${result.stderr}\n${result.stdout}`.trim(), secrets);
  return new OpsError({
    code: "shell_failed",
    node,
    message: "The shell on the node stopped before it answered.",
    hint: "Look at the output; if it is empty, check the node's disk space and memory.",
    ...(output === "" ? {} : { output }),
  });
}
