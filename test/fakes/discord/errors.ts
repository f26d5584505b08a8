import type { z } from "zod";

/** One complaint about a field of a body. */
export interface FieldError {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** Becomes the error answer `{code, message}` with that HTTP status, as Discord writes it. */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: number,
    message: string,
    more: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "DiscordError";
    this.status = status;
    this.code = code;
    this.body = { message, code, ...more };
    this.headers = headers;
  }
}

/** The refusals that Discord documents under "Opcodes and Status Codes", by what they say. */
export const refusals = {
  unauthorized: () => new DiscordError(401, 0, "401: Unauthorized"),
  notFound: () => new DiscordError(404, 0, "404: Not Found"),
  methodNotAllowed: () => new DiscordError(405, 0, "405: Method Not Allowed"),
  unknownApplication: () => new DiscordError(404, 10002, "Unknown Application"),
  unknownChannel: () => new DiscordError(404, 10003, "Unknown Channel"),
  unknownGuild: () => new DiscordError(404, 10004, "Unknown Guild"),
  unknownMember: () => new DiscordError(404, 10007, "Unknown Member"),
  unknownMessage: () => new DiscordError(404, 10008, "Unknown Message"),
  unknownWebhook: () => new DiscordError(404, 10015, "Unknown Webhook"),
  unknownInteraction: () => new DiscordError(404, 10062, "Unknown interaction"),
  unknownCommand: () => new DiscordError(404, 10063, "Unknown application command"),
  tooManyCommands: () => new DiscordError(400, 30032, "Maximum number of application commands reached (100)"),
  tooManyCreates: () =>
    new DiscordError(400, 30034, "Max number of daily application command creates has been reached (200)"),
  tooManyPins: () => new DiscordError(400, 30003, "Maximum number of pins reached for the channel (250)"),
  oldEdits: (seconds: number) =>
    new DiscordError(
      429,
      30046,
      "Maximum number of edits to messages older than 1 hour reached. Try again later.",
      { retry_after: seconds, global: false },
      { "Retry-After": String(Math.ceil(seconds)), "X-RateLimit-Scope": "user" },
    ),
  tooLarge: () => new DiscordError(413, 40005, "Request entity too large"),
  acknowledged: () => new DiscordError(400, 40060, "Interaction has already been acknowledged."),
  tooManyFollowUps: () =>
    new DiscordError(400, 40094, "This interaction has hit the maximum number of follow-up messages"),
  missingAccess: () => new DiscordError(403, 50001, "Missing Access"),
  authoredByAnother: () => new DiscordError(403, 50005, "Cannot edit a message authored by another user"),
  emptyMessage: () => new DiscordError(400, 50006, "Cannot send an empty message"),
  missingPermissions: () => new DiscordError(403, 50013, "Missing Permissions"),
  wrongChannelType: () => new DiscordError(400, 50024, "Cannot execute action on this channel type"),
  invalidWebhookToken: () => new DiscordError(401, 50027, "Invalid Webhook Token"),
  archivedThread: () => new DiscordError(400, 50083, "Thread is archived"),
  invalidJson: () => new DiscordError(400, 50109, "The request body contains invalid JSON."),
  threadExists: () => new DiscordError(400, 160004, "A thread has already been created for this message"),
  threadLocked: () => new DiscordError(400, 160005, "Thread is locked"),
} as const;

/** 50035 with the complaints at their places, nested by path as Discord nests them. */
export function invalidForm(fields: readonly FieldError[]): DiscordError {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of fields) {
    let place = errors;
    for (const part of path) place = child(place, String(part));
    const list = place["_errors"];
    const complaint = { code, message };
    if (Array.isArray(list)) list.push(complaint);
    else place["_errors"] = [complaint];
  }
  return new DiscordError(400, 50035, "Invalid Form Body", { errors });
}

function child(place: Record<string, unknown>, name: string): Record<string, unknown> {
  const made = (place[name] ??= {});
  return made as Record<string, unknown>;
}

/** Throws the 50035 if there is anything to complain about. */
export function refuseFields(fields: readonly FieldError[]): void {
  if (fields.length > 0) throw invalidForm(fields);
}

/** Reads a value with a schema; what does not fit is refused with Discord's codes. `at` leads to the value. */
export function readForm<T>(schema: z.ZodType<T>, value: unknown, at: readonly (string | number)[] = []): T {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidForm(
    parsed.error.issues.map((issue) => ({
      ...translate(issue),
      path: [...at, ...(issue.path as (string | number)[])],
    })),
  );
}

function translate(issue: z.core.$ZodIssue): { code: string; message: string } {
  if (issue.code === "custom") {
    const code = issue.params?.["code"];
    return { code: typeof code === "string" ? code : "BASE_TYPE_INVALID", message: issue.message };
  }
  if (issue.code === "too_big" || issue.code === "too_small") return ofSize(issue);
  if (issue.input === undefined || (issue.code === "invalid_type" && issue.input === null))
    return { code: "BASE_TYPE_REQUIRED", message: "This field is required" };
  if (issue.code === "invalid_union")
    return { code: "UNION_TYPE_CHOICES", message: 'Value of field "type" is invalid.' };
  if (issue.code === "invalid_value")
    return { code: "BASE_TYPE_CHOICES", message: `Value must be one of {${issue.values.map(String).join(", ")}}.` };
  if (issue.code === "invalid_format")
    return { code: "STRING_TYPE_REGEX", message: "String value did not match validation regex." };
  return { code: "BASE_TYPE_INVALID", message: issue.message };
}

function ofSize(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): { code: string; message: string } {
  const counted = issue.origin === "string" || issue.origin === "array";
  if (issue.code === "too_big")
    return counted
      ? { code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${String(issue.maximum)} or fewer in length.` }
      : { code: "NUMBER_TYPE_MAX", message: `int value should be less than or equal to ${String(issue.maximum)}.` };
  return counted
    ? { code: "BASE_TYPE_BAD_LENGTH", message: `Must be at least ${String(issue.minimum)} in length.` }
    : { code: "NUMBER_TYPE_MIN", message: `int value should be greater than or equal to ${String(issue.minimum)}.` };
}
