import type { Shape } from "./shape.ts";

/** An answer with `ok: false`: Slack's error code, and what else stands in the body. */
export class Refusal extends Error {
  readonly code: string;
  readonly body: Shape;
  readonly status: 200 | 429;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, more: Shape = {}, status: 200 | 429 = 200, headers: Record<string, string> = {}) {
    super(code);
    this.code = code;
    this.body = { ok: false, error: code, ...more };
    this.status = status;
    this.headers = headers;
  }
}

/** A refusal that says what is wrong where, as Slack does: in `errors` and in `response_metadata.messages`. */
export function refuseFor(code: string, reasons: readonly string[]): Refusal {
  return new Refusal(code, {
    errors: reasons,
    response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
  });
}

/** 429 with `Retry-After`. */
export function limited(seconds: number): Refusal {
  return new Refusal("ratelimited", {}, 429, { "Retry-After": String(seconds) });
}
