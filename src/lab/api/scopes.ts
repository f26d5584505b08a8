import { ApiError } from "./errors.ts";

/** Path behind the version -> scope that it takes; the first that matches counts (recorded `X-Accepted-OAuth-Scopes`). */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^\/(?:regions|linode\/types|linode\/kernels)(?:\/|$)/, "*"],
  [/^\/profile$/, "*"],
  [/^\/images$/, "*"],
  [/^\/images\//, "images"],
  [/^\/linode\/instances/, "linodes"],
  [/^\/placement\/groups/, "linodes"],
  [/^\/networking\/vlans/, "linodes"],
  [/^\/networking\//, "ips"],
  [/^\/account\/events/, "events"],
  [/^\/(?:account|profile|tags)/, "account"],
];

/** The scope that a request takes, as in the header `X-Accepted-OAuth-Scopes`: `linodes:read_only`, or `*` for none. */
export function acceptedScope(method: string, path: string): string {
  const scope = rules.find(([pattern]) => pattern.test(path))?.[1] ?? "*";
  // The account's own profile can be read with any token, but not changed.
  if (path === "/profile" && method !== "GET") return "account:read_write";
  return scope === "*" ? "*" : `${scope}:${method === "GET" ? "read_only" : "read_write"}`;
}

function covers(granted: readonly string[], wanted: string): boolean {
  const [name = "", access = ""] = wanted.split(":");
  return granted.some(
    (scope) =>
      scope === "*" || scope === `${name}:*` || scope === `${name}:read_write` || scope === `${name}:${access}`,
  );
}

/** Sharing an address changes both the address and the Linode. */
function allWanted(method: string, path: string): string[] {
  const accepted = acceptedScope(method, path);
  if (method === "POST" && /^\/networking\/(?:ips|ipv4)\/share$/.test(path)) return [accepted, "linodes:read_write"];
  return [accepted];
}

/** Throws the 401 of a token that may not do this. `granted` is space-separated, `*` for everything. */
export function requireScope(granted: string, method: string, path: string): void {
  const scopes = granted.split(/\s+/);
  if (allWanted(method, path).every((wanted) => wanted === "*" || covers(scopes, wanted))) return;
  throw new ApiError(401, [{ reason: "Your OAuth token is not authorized to use this endpoint." }]);
}
