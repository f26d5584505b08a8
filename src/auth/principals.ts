import { z } from "zod";
import type { Identity } from "../core/caller.ts";
import { ClusterName } from "../core/cluster.ts";

/** What people, roles and channels are called. */
export const Name = z.string().regex(/^[a-z][a-z0-9._-]{0,31}$/, "a name is lower-case letters, digits, dots, dashes");

/** `operator` or `operator on staging`: a role, everywhere or on one cluster. */
const Grant = z
  .string()
  .regex(/^\S+( on \S+)?$/, "a role is written like operator, or like operator on staging")
  .transform((text, context) => {
    const [role = "", cluster] = text.split(" on ");
    if (cluster === undefined) return { role, cluster: null };
    const known = ClusterName.safeParse(cluster);
    for (const { message } of known.error?.issues ?? []) context.addIssue({ code: "custom", message });
    return { role, cluster };
  });
export type Grant = z.infer<typeof Grant>;

/** A person, however many names that person has in chat. */
const Principal = z
  .strictObject({
    /** What the journal and other people call this person. */
    name: Name,
    /** Without one, a person is known but may do nothing. */
    roles: z.array(Grant).default([]),
    /** Slack user id. */
    slack: z
      .string()
      .regex(/^[UW][A-Z0-9]+$/, "a Slack user id is like U024BE7LH")
      .optional(),
    /** Discord user id. */
    discord: z
      .string("a Discord user id is 17 to 20 digits; quote it")
      .regex(/^\d{17,20}$/, "a Discord user id is 17 to 20 digits; quote it")
      .optional(),
    /** User of the machine the bot runs on. */
    console: z.string().min(1).optional(),
    /** Adds a one-time code to every yes to a loss of data. */
    totp: z.boolean().optional(),
  })
  .refine(
    ({ slack, discord, console }) => [slack, discord, console].some((id) => id !== undefined),
    "say as whom this person speaks: slack, discord or console",
  );
export type Principal = z.infer<typeof Principal>;

/** Everybody who may do anything; empty means nobody but the owner of the machine. */
export const Principals = z
  .array(Principal)
  .default([])
  .superRefine((people, context) => unique(people, ["name", "slack", "discord", "console"], context));

/** Makes it a problem when two entries of a list say the same in one of these fields. */
export function unique<F extends string>(
  list: readonly { readonly [field in F]?: string | undefined }[],
  fields: readonly F[],
  context: z.RefinementCtx,
): void {
  for (const field of fields) {
    const seen = new Set<string>();
    for (const [at, entry] of list.entries()) {
      const value = entry[field];
      if (value === undefined) continue;
      if (seen.has(value)) context.addIssue({ code: "custom", path: [at, field], message: `${value} is named twice` });
      seen.add(value);
    }
  }
}

/**
 * The person behind an identity. The user who runs the bot owns the machine, so at its console nothing can be kept from
 * that user: without an entry of the configuration it is an admin by the user's name. At the web console people are
 * known by their names, for there is no way in but a link that one of them has asked for.
 */
export function whoIs(people: readonly Principal[], { via, id }: Identity, owner: string): Principal | undefined {
  const known = people.find((person) => person[via === "web" ? "name" : via] === id);
  if (known !== undefined || (via !== "console" && via !== "web") || id !== owner) return known;
  return { name: owner, roles: [{ role: "admin", cluster: null }], console: owner };
}
