/** What can go wrong on Discord's side, for the requests that match. */
export type Fault =
  /** The socket is closed without an answer, before anything happens. */
  | { readonly kind: "down" }
  /** An answer of a proxy instead of Discord's, before anything happens. */
  | { readonly kind: "error"; readonly status: 500 | 502 | 503 | 504 }
  /** 429 whatever the buckets say. */
  | { readonly kind: "storm"; readonly retryAfterMs: number; readonly scope: "user" | "global" | "shared" }
  /** Answers after `until` resolves. */
  | { readonly kind: "slow"; readonly until: Promise<void> }
  /** Takes effect, then the socket is closed without an answer. */
  | { readonly kind: "lost" };

/** Which requests a fault is for, and how often; by default all of them, until it is taken away. */
export interface FaultScope {
  readonly method?: string;
  /** Tried on the path behind `/api/v10`. */
  readonly path?: RegExp;
  readonly times?: number;
}

/** The faults in force. */
export class Faults {
  readonly #faults: { readonly fault: Fault; readonly scope: FaultScope; left: number }[] = [];

  /** Puts a fault in force; returns how to take it away. */
  inflict(fault: Fault, scope: FaultScope = {}): () => void {
    const entry = { fault, scope, left: scope.times ?? Number.POSITIVE_INFINITY };
    this.#faults.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  /** The fault for a request, which it uses up once. */
  take(method: string, path: string): Fault | null {
    const found = this.#faults.find(
      ({ scope, left }) =>
        left > 0 && (scope.method ?? method) === method && (scope.path === undefined || scope.path.test(path)),
    );
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  }
}
