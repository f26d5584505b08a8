import { Refusal } from "./refusal.ts";

/** Which of the app's two tokens a method takes. */
export type TokenKind = "bot" | "app";

/** What a bot of our kind asks for when it is installed. */
export const usualScopes = [
  "commands",
  "chat:write",
  "channels:read",
  "groups:read",
  "im:read",
  "channels:history",
  "groups:history",
  "im:history",
  "users:read",
  "team:read",
  "files:write",
  "reactions:write",
  "pins:write",
] as const;

/** The tokens of the app. A test may revoke them, or change the granted scopes, while the bot runs. */
export class Tokens {
  readonly bot: string;
  readonly app: string;
  scopes: readonly string[];
  readonly #revoked = new Set<string>();

  constructor(bot: string, app: string, scopes: readonly string[]) {
    this.bot = bot;
    this.app = app;
    this.scopes = scopes;
  }

  revoke(kind: TokenKind): void {
    this.#revoked.add(this[kind]);
  }

  /** Throws what Slack answers to no token, a strange one, a revoked one, and the wrong of the two. */
  check(token: string | undefined, wanted: TokenKind | "either"): string {
    if (token === undefined || token === "") throw new Refusal("not_authed");
    if (token !== this.bot && token !== this.app) throw new Refusal("invalid_auth");
    if (this.#revoked.has(token)) throw new Refusal("token_revoked");
    if (wanted !== "either" && token !== this[wanted]) throw new Refusal("not_allowed_token_type");
    return token;
  }

  hasScope(scope: string): boolean {
    return this.scopes.includes(scope);
  }

  /** Throws `missing_scope` unless one of them is granted. An app-level token has its one scope by itself. */
  needScope(token: string, anyOf: readonly string[]): void {
    if (token === this.app || anyOf.length === 0 || anyOf.some((scope) => this.hasScope(scope))) return;
    throw new Refusal("missing_scope", { needed: anyOf.join(","), provided: this.scopes.join(",") });
  }
}
