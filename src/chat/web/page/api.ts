/** What the bot refused, in words for whoever asked. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks the bot for something. @throws Refused with what to tell the person. */
export async function ask<T>(path: string, body?: object): Promise<T> {
  const init =
    body === undefined
      ? {}
      : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, init).catch(() => {
    throw new Refused(
      0,
      "The bot cannot be reached. Nothing was sent, or nobody knows what came of it: look before you try again.",
    );
  });
  if (response.ok) return (await response.json()) as T;
  const told = (await response.json().catch(() => ({}))) as { readonly text?: string };
  throw new Refused(response.status, told.text ?? `The bot answers with ${response.status}.`);
}
