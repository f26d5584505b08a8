/** Somebody went on alone, and nobody else has looked at it yet. */
export interface Review {
  readonly id: string;
  readonly runId: string;
  /** Who broke the glass. */
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What stays open after a break-glass, until somebody else has looked at it. */
export interface Reviews {
  /** Oldest first. */
  open(): Promise<readonly Review[]>;
  /** @throws OpsError `no_such_review` or `own_review`. */
  acknowledge(id: string, actor: string): Promise<Review>;
}
