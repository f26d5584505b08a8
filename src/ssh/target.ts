import { reveal, scrub, type Text } from "../core/secret.ts";
import type { Script } from "../core/shell.ts";
import { demandFence } from "../core/fence.ts";
import type { FactValues, Patience, Target } from "../core/target.ts";
import { OpsError } from "../core/errors.ts";
import { applyActions, plainActions } from "./apply.ts";
import type { Connection } from "./connection.ts";
import { broken } from "./ending.ts";
import { excerpt, secretsIn, type Output } from "./output.ts";
import { checkItems, readFacts } from "./read.ts";
import { writeScript, type Place } from "./write.ts";

/** A real node, reached over SSH. */
export interface SshTarget extends Target {
  /** The port in use; another than at first once a `prove` moved it. */
  readonly port: number;
  /**
   * Runs one script and gives its output, scrubbed of known secrets, whatever its exit status.
   * @throws OpsError when it did not run to its end
   */
  exec(script: Script, options: Patience & { readonly stdin?: Text }): Promise<Executed>;
  /** Writes one file of any size: checksum, owner, mode, atomic rename. */
  upload(place: Place, content: Text | Uint8Array, patience: Patience): Promise<void>;
}

/** Output of `exec`; the last mebibyte of each stream. */
interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Deadlines for calls that name none: reading is quick, installing packages is not. */
const readMs = 60_000;
const applyMs = 15 * 60_000;

/**
 * @param secrets known secrets, asked anew each time output is shown
 * @param folder where the node keeps its lock and its fence
 */
export function sshTarget(connection: Connection, secrets: () => Iterable<string>, folder: string): SshTarget {
  const { node } = connection;

  async function whole(
    doing: string,
    script: Script,
    sent: Text | Uint8Array | undefined,
    patience: Required<Patience>,
  ) {
    const known = [...secrets(), ...(sent instanceof Uint8Array ? [] : secretsIn(sent))];
    const stdin = sent === undefined || sent instanceof Uint8Array ? sent : reveal(sent);
    const output: Output = await connection.run({ script, ...(stdin === undefined ? {} : { stdin }) }, patience);
    if (output.ending.kind === "exit") return { ...output, code: output.ending.code, known };
    const state = "It may have been done in part.";
    throw broken(output.ending, { node, doing, state, output: output.stdout + output.stderr, secrets: known });
  }

  return {
    node,
    get port() {
      return connection.port;
    },
    async read(facts, patience) {
      const values = await readFacts(connection, facts, secrets(), within(patience, readMs));
      return values as FactValues<typeof facts>;
    },
    check: (items, patience) => checkItems(connection, items, secrets(), within(patience, readMs)),
    async apply(differences, { fence, ...patience }) {
      const terms = { ...within(patience, applyMs), fence: demandFence(node, fence), folder };
      await applyActions(connection, plainActions(differences), secrets(), terms);
    },
    async exec(script, { stdin, ...patience }) {
      const { code, stdout, stderr, known } = await whole("a command", script, stdin, within(patience, readMs));
      const clean = (text: string) => scrub(text, known);
      return { code, stdout: clean(stdout), stderr: clean(stderr) };
    },
    async upload(place, content, patience) {
      const plain = content instanceof Uint8Array ? content : reveal(content);
      const doing = `the upload of ${place.path}`;
      const { code, stderr, known } = await whole(doing, writeScript(place, plain), content, within(patience, applyMs));
      if (code === 0) return;
      throw new OpsError({
        code: "upload_failed",
        node,
        message: `${place.path} could not be written (exit status ${code}).`,
        state: "The file is as it was before.",
        hint: "See the output for the reason: often a missing folder or a full disk.",
        output: excerpt(stderr, known),
      });
    },
  };
}

function within({ signal, deadlineMs }: Patience, usual: number): Required<Patience> {
  return { signal, deadlineMs: deadlineMs ?? usual };
}
