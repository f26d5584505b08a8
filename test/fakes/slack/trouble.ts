/** What the network or Slack does to a call: nothing, or one of these. */
export type Fate =
  | { readonly kind: "well" }
  /** The connection breaks before Slack sees anything. */
  | { readonly kind: "refused" }
  /** Nobody ever answers. */
  | { readonly kind: "hung" }
  | { readonly kind: "limited"; readonly retryAfter: number }
  | { readonly kind: "failing"; readonly status: number }
  /** It takes effect, and the answer is lost. */
  | { readonly kind: "lost" };

/** Tells a method from another: all of them, or those in the list. */
type Which = readonly string[] | "all";

interface Spell {
  readonly fate: Fate;
  readonly which: Which;
  left: number;
}

/** Faults that a test asks for. They are consumed in the order in which they were asked for. */
export class Troubles {
  #down: "refused" | "hung" | null = null;
  #slow: ((method: string) => Promise<void>) | null = null;
  #spells: Spell[] = [];

  /** From now on connections are refused, or nothing is ever answered, until `up()`. */
  down(how: "refused" | "hung" = "refused"): void {
    this.#down = how;
  }

  up(): void {
    this.#down = null;
  }

  /** The next `times` calls are 429 with this `Retry-After` (seconds). */
  everythingIs429(times: number, retryAfter: number, which: Which = "all"): void {
    this.#spells.push({ fate: { kind: "limited", retryAfter }, which, left: times });
  }

  /** The next `times` calls fail with a 5xx and no JSON. */
  fail(times: number, status = 503, which: Which = "all"): void {
    this.#spells.push({ fate: { kind: "failing", status }, which, left: times });
  }

  /** The next `times` calls take effect, but the connection breaks instead of an answer. */
  loseAnswers(times: number, which: Which = "all"): void {
    this.#spells.push({ fate: { kind: "lost" }, which, left: times });
  }

  /** Every answer waits for this first; null for no waiting. A test decides when its promises resolve. */
  answersWaitFor(wait: ((method: string) => Promise<void>) | null): void {
    this.#slow = wait;
  }

  async waitBefore(method: string): Promise<void> {
    await this.#slow?.(method);
  }

  get isDown(): boolean {
    return this.#down !== null;
  }

  /** What happens to this call. */
  fateOf(method: string): Fate {
    if (this.#down !== null) return { kind: this.#down };
    const spell = this.#spells.find(({ which }) => which === "all" || which.includes(method));
    if (spell === undefined) return { kind: "well" };
    spell.left -= 1;
    if (spell.left === 0) this.#spells = this.#spells.filter((each) => each !== spell);
    return spell.fate;
  }
}
