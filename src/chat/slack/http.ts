import type { Secret } from "../../core/secret.ts";
import type { Log } from "./client.ts";
import type { Envelope, Received } from "./line.ts";
import { Signatures } from "./signature.ts";

/** Bytes a request may have; Slack's largest, a modal that is submitted, stays far below. */
const mostBytes = 512 * 1024;

/** What the handler needs. */
export interface HttpOptions {
  readonly signingSecret: Secret<string>;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** `undefined` while nobody listens. */
  readonly receive: (envelope: Envelope) => Received | undefined;
}

/** Answers the requests that Slack sends where there is no socket: commands, clicks and events, all at one address. */
export function slackHandler(options: HttpOptions): (request: Request) => Promise<Response> {
  const signatures = new Signatures(options.signingSecret, options.now);
  return async (request) => {
    // Slack looks at the certificate now and then, and does not sign that.
    if (new URL(request.url).searchParams.get("ssl_check") === "1") return new Response(null, { status: 200 });
    if (request.method !== "POST") return new Response("POST only", { status: 405, headers: { Allow: "POST" } });
    const body = await readBody(request);
    if (body === undefined) return new Response("too large", { status: 413 });
    const objection = signatures.objection(request.headers, body);
    if (objection !== undefined) {
      options.log.warn({ objection }, "a request that claims to be Slack's was refused");
      return new Response("refused", { status: 401 });
    }
    const read = readRequest(request.headers.get("content-type") ?? "", body);
    if (read instanceof Response) return read;
    const received = options.receive(read);
    if (received === undefined) return new Response("not listening", { status: 503 });
    const { answer, work } = received;
    // Slack waits three seconds for the answer, not for what follows from it.
    setImmediate(() => void work());
    return answer === undefined ? new Response(null, { status: 200 }) : Response.json(answer);
  };
}

/** `undefined` when it is larger than it may be. */
async function readBody(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > mostBytes) return undefined;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** What Slack sends, or the answer where there is nothing to do about it. */
function readRequest(type: string, body: string): Envelope | Response {
  if (type.startsWith("application/json")) {
    const event = readJson(body);
    if (typeof event !== "object" || event === null) return new Response("not JSON", { status: 400 });
    if ("challenge" in event && "type" in event && event.type === "url_verification") {
      return Response.json({ challenge: String(event.challenge) });
    }
    return { kind: "events_api", id: null, body: event };
  }
  const form = new URLSearchParams(body);
  if (form.get("ssl_check") === "1") return new Response(null, { status: 200 });
  const payload = form.get("payload");
  if (payload === null) return { kind: "slash_commands", id: null, body: Object.fromEntries(form) };
  const interaction = readJson(payload);
  return interaction === undefined
    ? new Response("not JSON", { status: 400 })
    : { kind: "interactive", id: null, body: interaction };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
