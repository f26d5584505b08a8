import { z } from "zod";
import { OpsError } from "../core/errors.ts";
import { scrub } from "../core/secret.ts";

const reasonList = z.array(z.object({ reason: z.string(), field: z.string().nullish() }));
type Reasons = z.infer<typeof reasonList>;

const failedRequest = z.object({
  isAxiosError: z.literal(true),
  code: z.string().optional(),
  message: z.string(),
  response: z
    .object({ status: z.number(), headers: z.looseObject({}), data: z.unknown() })
    .optional()
    .catch(undefined),
});

/** What is known about a call that failed, whichever of the two shapes of the client package it came in. */
export interface CallFailure {
  /** Null when there was no answer, or when the package refused the request before it was sent. */
  readonly status: number | null;
  /** `ECONNREFUSED`, `ECONNABORTED` ... */
  readonly code: string | null;
  readonly reasons: Reasons;
  readonly html: boolean;
  readonly header: (name: string) => string | null;
  readonly text: string;
}

function headerReader(headers: Record<string, unknown>): CallFailure["header"] {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = lower.get(name.toLowerCase());
    return typeof value === "string" || typeof value === "number" ? String(value) : null;
  };
}

/**
 * Understands both error shapes of the package: a bare list of reasons (its own validation; nothing was sent) and an
 * axios error (HTTP). Null for anything else. Nothing of the request, which carries the token, is kept.
 */
export function understand(thrown: unknown): CallFailure | null {
  const local = reasonList.safeParse(thrown);
  if (local.success)
    return { status: null, code: null, reasons: local.data, html: false, header: () => null, text: "refused locally" };
  const failed = failedRequest.safeParse(thrown);
  if (!failed.success) return null;
  const { response, code = null, message } = failed.data;
  const header = headerReader({ ...response?.headers });
  const body = z.object({ errors: reasonList }).safeParse(response?.data);
  return {
    status: response?.status ?? null,
    code,
    reasons: body.success ? body.data.errors : [],
    html: (header("content-type") ?? "").includes("text/html"),
    header,
    text: response === undefined ? message : `HTTP ${String(response.status)}`,
  };
}

/** May the call be sent again? `sure`: it was certainly not carried out; `maybe`: nobody knows. */
export type Retryable = { readonly kind: "sure" | "maybe" | "busy"; readonly waitMs: number | null } | null;

const neverSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** The rules of Linode's own Go client (linodego, `retries.go`). `waitMs` is what `Retry-After` says. */
export function retryable(failure: CallFailure): Retryable {
  const seconds = Number(failure.header("retry-after") ?? Number.NaN);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : null;
  const { status } = failure;
  if (status === null) {
    if (failure.code === null) return null;
    return { kind: neverSent.has(failure.code) ? "sure" : "maybe", waitMs };
  }
  if (status === 400 && failure.reasons.some(({ reason }) => reason === "Linode busy."))
    return { kind: "busy", waitMs };
  if (status === 429 || (status === 400 && failure.html)) return { kind: "sure", waitMs };
  if (status === 503 && failure.header("x-maintenance-mode") !== null) return null;
  if (status === 408 || status === 502 || status === 503 || status === 504) return { kind: "maybe", waitMs };
  return null;
}

interface Words {
  readonly code: string;
  readonly why: string;
  readonly hint: string;
}

function unauthorized(failure: CallFailure): Words {
  if (failure.reasons.some(({ reason }) => reason === "Invalid Token"))
    return {
      code: "cloud_unauthorized",
      why: "Linode does not accept the API token",
      hint: "Make a new personal access token in Linode's Cloud Manager and put it into LINODE_TOKEN.",
    };
  const scope = failure.header("x-accepted-oauth-scopes");
  return {
    code: "cloud_scope",
    why: `the API token lacks the scope ${scope ?? "that this takes"}`,
    hint: "Make a token with read and write access to Linodes and IPs, and read access to Events and Images.",
  };
}

const fieldCodes: Readonly<Record<string, string>> = {
  region: "cloud_unknown_region",
  type: "cloud_unknown_type",
  image: "cloud_unknown_image",
};

function refused(failure: CallFailure): Words {
  const text = failure.reasons.map(({ reason, field }) => (field == null ? reason : `${field}: ${reason}`)).join("; ");
  const why = `Linode refused it (${text === "" ? failure.text : text})`;
  if (/out of stock|sold out|not available in (?:this|the) region|no capacity|unavailable/i.test(text))
    return { code: "cloud_out_of_stock", why, hint: "Choose another type or region, or try again later." };
  if (/limit|maximum number|contact support|technical justification/i.test(text))
    return { code: "cloud_quota", why, hint: "Remove what is not needed, or ask Linode's support for a higher limit." };
  const field = failure.reasons.find((entry) => entry.field != null && entry.field in fieldCodes)?.field;
  if (field != null)
    return {
      code: fieldCodes[field] ?? "cloud_refused",
      why,
      hint: `Correct the ${field} in the blueprint; Linode's Cloud Manager lists those that exist.`,
    };
  return { code: "cloud_refused", why, hint: "Correct what is named, then try again." };
}

function words(failure: CallFailure): Words {
  const { status } = failure;
  if (status === 401) return unauthorized(failure);
  if (status === 403)
    return { code: "cloud_forbidden", why: "the token's user may not do this", hint: "Grant it in Cloud Manager." };
  if (status === 404) return { code: "cloud_not_found", why: "it does not exist", hint: "It may have been deleted." };
  if (status === 429)
    return {
      code: "cloud_limited",
      why: "the Linode API limits our requests and did not let up",
      hint: "Wait a few minutes, then run the same command again; it carries on where it stopped.",
    };
  if (retryable(failure)?.kind === "busy")
    return {
      code: "cloud_busy",
      why: "another job of the Linode did not end",
      hint: "Look at its events, then retry.",
    };
  if (status === 503 && failure.header("x-maintenance-mode") !== null)
    return { code: "cloud_maintenance", why: "the Linode API is in maintenance", hint: "See status.linode.com." };
  if (status === null ? failure.code !== null : status >= 500 || failure.html)
    return {
      code: "cloud_down",
      why: `the Linode API does not answer (${failure.text})`,
      hint: "See status.linode.com, then run the same command again; it carries on where it stopped.",
    };
  return refused(failure);
}

/** The one error of this folder: what failed, why, what to do. Holds neither the token nor anything that was sent. */
export function cloudError(what: string, failure: CallFailure, secrets: readonly string[]): OpsError {
  const { code, why, hint } = words(failure);
  return new OpsError({ code, message: scrub(`Could not ${what}: ${why}.`, secrets), hint });
}

/** The answer was not what the API promises. `issues` name fields, not values. */
export function unexpectedAnswer(what: string, error: z.ZodError): OpsError {
  const issue = error.issues[0];
  const where = issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
  return new OpsError({
    code: "cloud_unexpected_answer",
    message: `Could not ${what}: the Linode API answered something unexpected${where}.`,
    hint: "The API may have changed. Please report it.",
  });
}

/** Was it answered with this status-derived code? */
export function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof OpsError && thrown.code === code;
}
