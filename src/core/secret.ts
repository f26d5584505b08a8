const hidden = "••••";

/**
 * A value that must not be seen. Prints as dots wherever it is printed, logged or turned into JSON; `reveal` is for
 * `src/ssh`, `src/cloud`, the chats and the store's encryption only.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return hidden;
  }
}

/** Text that may be secret. */
export type Text = string | Secret<string>;

/** The plain text behind a `Text`. */
export function reveal(text: Text): string {
  return text instanceof Secret ? text.reveal() : text;
}

/**
 * Replaces every known secret of at least six characters in captured output by dots. A key of several lines is found
 * by its lines, so that neither a part of it nor one with escaped line breaks is shown.
 */
export function scrub(output: string, secrets: Iterable<string>): string {
  let clean = output;
  // The longest first: one secret may be the beginning of another.
  for (const secret of [...secrets].flatMap(withLines).toSorted((a, b) => b.length - a.length)) {
    if (secret.length >= 6) clean = clean.replaceAll(secret, hidden);
  }
  return clean;
}

function withLines(secret: string): string[] {
  const lines = secret.split("\n");
  if (lines.length === 1) return lines;
  return [secret, ...lines.filter((line) => line.length >= 16 && !line.startsWith("-----"))];
}
