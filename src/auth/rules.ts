import { z } from "zod";
import { ClusterName } from "../core/cluster.ts";
import type { Access, Command } from "../core/command.ts";
import type { Risk } from "../core/plan.ts";
import { anyOf } from "../core/words.ts";
import { Name, type Grant } from "./principals.ts";

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What one argument may be: this value, one of these, or a number within bounds. */
const Limit = z.union(
  [
    Scalar,
    z.array(Scalar),
    z
      .strictObject({ min: z.number().optional(), max: z.number().optional() })
      .refine(({ min, max }) => (min ?? max) !== undefined, "a limit says min or max"),
  ],
  "a limit is a value, a list of values, or { min: 2, max: 4 }",
);
export type Limit = z.infer<typeof Limit>;

/** What a role allows. Everything it leaves out is not limited; everything no rule names is not allowed. */
const Rule = z
  .strictObject({
    /** Commands: `cluster status`, all of a kind (`cluster *`), or every one (`*`). */
    allow: z
      .array(z.string().regex(/^(\*|[a-z][a-z-]*( [a-z][a-z-]*)*( \*)?)$/, "write a command like cluster status"))
      .default([]),
    /** Risks of which the plan may be approved. */
    approve: z.array(z.enum(["reversible", "outage", "dataloss"])).default([]),
    clusters: z.array(ClusterName).optional(),
    /** Names of channels. */
    channels: z.array(Name).optional(),
    /** What the arguments of the command may be. */
    where: z.record(z.string(), Limit).optional(),
  })
  .refine(({ allow, approve }) => allow.length + approve.length > 0, "a rule says what it allows: allow or approve")
  .refine(
    ({ approve, where }) => approve.length === 0 || where === undefined,
    "where limits commands, not approvals: write two rules",
  );

/** Roles of the configuration, by name. */
export const Roles = z.record(Name, z.array(Rule)).default({});
export type Roles = z.infer<typeof Roles>;

/** A rule as one person holds it, whether it comes from the configuration or is built in. */
export interface HeldRule {
  readonly role: string;
  uses(command: Command): boolean;
  readonly approve: readonly Risk[];
  /** `null`: on all clusters. */
  readonly clusters: readonly string[] | null;
  /** `null`: from everywhere. */
  readonly channels: readonly string[] | null;
  readonly where: Readonly<Record<string, Limit>>;
}

const levels: readonly Access[] = ["anyone", "viewer", "operator", "admin"];

/** Roles that are always there: the commands that declare this `access` or less, and these risks. */
const builtIn: Readonly<Record<string, { readonly access: Access; readonly approve: readonly Risk[] }>> = {
  viewer: { access: "viewer", approve: [] },
  operator: { access: "operator", approve: ["reversible", "outage"] },
  admin: { access: "admin", approve: ["reversible", "outage", "dataloss"] },
};

/** Whether a role of this name is built in. */
export const isBuiltIn = (role: string): boolean => Object.hasOwn(builtIn, role);

/** The rules of one role, narrowed to the cluster it was given for; none for a role that does not exist. */
export function rulesOf({ role, cluster }: Grant, roles: Roles): HeldRule[] {
  const level = isBuiltIn(role) ? builtIn[role] : undefined;
  if (level !== undefined) {
    const uses = (command: Command) => levels.indexOf(command.access) <= levels.indexOf(level.access);
    return [
      { role, uses, approve: level.approve, clusters: cluster === null ? null : [cluster], channels: null, where: {} },
    ];
  }
  const rules = Object.hasOwn(roles, role) ? roles[role] : undefined;
  return (rules ?? []).map(({ allow, approve, clusters = null, channels = null, where = {} }) => ({
    role,
    uses: ({ name }) => allow.some((pattern) => matches(pattern, name)),
    approve,
    clusters: cluster === null ? clusters : (clusters ?? [cluster]).filter((each) => each === cluster),
    channels,
    where,
  }));
}

/** Names of the roles with such a rule; of those that are built in, only the least. */
export function rolesThat(roles: Roles, fits: (rule: HeldRule) => boolean): string[] {
  const having = (names: readonly string[]) =>
    names.filter((role) => rulesOf({ role, cluster: null }, roles).some((rule) => fits(rule)));
  return [...having(Object.keys(builtIn)).slice(0, 1), ...having(Object.keys(roles))];
}

/** Whether `cluster *` names `cluster status`. */
export function matches(pattern: string, name: string): boolean {
  if (pattern === "*") return true;
  return pattern.endsWith(" *") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Whether an argument is within its limit; one that was not given never is. */
export function within(limit: Limit, value: unknown): boolean {
  if (Array.isArray(limit)) return limit.some((each) => each === value);
  if (typeof limit !== "object") return limit === value;
  const { min = -Infinity, max = Infinity } = limit;
  return typeof value === "number" && value >= min && value <= max;
}

/** `web of at most 4`. */
export function limitWords(option: string, limit: Limit): string {
  if (Array.isArray(limit)) return `${option} ${anyOf(limit.map(String))}`;
  if (typeof limit !== "object") return `${option} ${limit}`;
  const bounds = [
    ...(limit.min === undefined ? [] : [`at least ${limit.min}`]),
    ...(limit.max === undefined ? [] : [`at most ${limit.max}`]),
  ];
  return `${option} of ${bounds.join(" and ")}`;
}
