/** What an `OpsError` is made of. */
export interface OpsErrorParts {
  /** Stable and machine-readable: `host_key_changed`, `not_converged`, `cloud_unauthorized`. */
  readonly code: string;
  /** One sentence: what failed and why. */
  readonly message: string;
  /** The node it failed on, when it failed on one. */
  readonly node?: string;
  /** What to do next, one sentence. */
  readonly hint?: string;
  /** In which condition things are left, one sentence. */
  readonly state?: string;
  /** Last lines of output of the command that failed; scrubbed of secrets by whoever captured it. */
  readonly output?: string;
  readonly cause?: unknown;
}

/** An error that a person reads at 03:00. Everything Nonet reports as failed is one of these. */
export class OpsError extends Error {
  readonly code: string;
  readonly node: string | undefined;
  readonly hint: string | undefined;
  readonly state: string | undefined;
  readonly output: string | undefined;

  constructor(parts: OpsErrorParts) {
    super(parts.message, { cause: parts.cause });
    this.name = "OpsError";
    this.code = parts.code;
    this.node = parts.node;
    this.hint = parts.hint;
    this.state = parts.state;
    this.output = parts.output;
  }
}

/** An `OpsError` as plain data, as it is journaled. */
export type Failure = Omit<OpsErrorParts, "cause">;

/** Turns anything thrown into plain data; what is not an `OpsError` is a fault of Nonet itself and says so. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof OpsError) {
    const { code, message, node, hint, state, output } = thrown;
    return {
      code,
      message,
      ...(node === undefined ? {} : { node }),
      ...(hint === undefined ? {} : { hint }),
      ...(state === undefined ? {} : { state }),
      ...(output === undefined ? {} : { output }),
    };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === "AbortError") return { code: "cancelled", message: "It was cancelled." };
  return {
    code: "internal",
    message: `Nonet itself failed: ${error.message}`,
    hint: "This is a bug. Please report it with the log of this run.",
    ...(error.stack === undefined ? {} : { output: error.stack }),
  };
}

/** The failure in the words shown to people: what, where, why, state, what to do. */
export function describeFailure(failure: Failure): string {
  const where = failure.node === undefined ? "" : `${failure.node}: `;
  return [where + failure.message, failure.state, failure.hint].filter((part) => part !== undefined).join(" ");
}
