/** Scopes that a build takes; `.env.example` names the same. */
const needed = ["linodes:read_write", "ips:read_write", "events:read_only"] as const;
/** Scopes without which something cannot be told: maintenance and notifications. */
const seeing = ["account:read_only"] as const;

/** What a token with these scopes may not do but a build must; `null` (the provider does not say) counts as everything. */
export const missingScopes = (granted: readonly string[] | null): string[] => lacking(needed, granted);

/** The same for what is only looked at. */
export const blindScopes = (granted: readonly string[] | null): string[] => lacking(seeing, granted);

function lacking(wanted: readonly string[], granted: readonly string[] | null): string[] {
  if (granted === null || granted.includes("*")) return [];
  return wanted.filter((scope) => {
    const name = scope.split(":")[0] ?? "";
    return ![scope, `${name}:*`, `${name}:read_write`].some((enough) => granted.includes(enough));
  });
}
