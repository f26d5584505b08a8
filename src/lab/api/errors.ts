/** One entry of an error answer; `field` is a dotted path into what was sent. */
export interface ApiReason {
  readonly reason: string;
  readonly field?: string;
}

/** Becomes an error answer `{"errors": [...]}` with that status. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly ApiReason[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, errors: readonly ApiReason[], headers: Readonly<Record<string, string>> = {}) {
    super(errors.map((error) => error.reason).join(" "));
    this.name = "ApiError";
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** 400 with one reason. */
export function bad(reason: string, field?: string): ApiError {
  return new ApiError(400, [field === undefined ? { reason } : { reason, field }]);
}

/** 404 as recorded. */
export function notFound(): ApiError {
  return new ApiError(404, [{ reason: "Not found" }]);
}

/** 400 while another job of the Linode runs, as recorded. */
export function busy(): ApiError {
  return bad("Linode busy.");
}
