import { z } from "zod";

/** What people may be: `viewer` reads, `operator` changes as well, `admin` destroys as well. In rising order. */
export const accessLevels = ["viewer", "operator", "admin"] as const;

/** A person, however many names that person has in chat. */
export const Principal = z.strictObject({
  /** What the journal and other people call this person. */
  name: z.string().regex(/^[a-z][a-z0-9._-]{0,31}$/, "a name is lower-case letters, digits, dots, dashes"),
  role: z.enum(accessLevels),
  /** Slack user id. */
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/, "a Slack user id is like U024BE7LH")
    .optional(),
  /** Discord user id. */
  discord: z
    .string()
    .regex(/^\d{17,20}$/, "a Discord user id is 17 to 20 digits; quote it")
    .optional(),
  /** User of the machine the bot runs on. */
  console: z.string().min(1).optional(),
});
export type Principal = z.infer<typeof Principal>;

/** Everybody who may do anything; empty means nobody but the owner of the machine. */
export const Principals = z
  .array(Principal)
  .default([])
  .superRefine((people, context) => {
    for (const field of ["name", "slack", "discord", "console"] as const) {
      const seen = new Set<string>();
      for (const [at, person] of people.entries()) {
        const value = person[field];
        if (value === undefined) continue;
        if (seen.has(value))
          context.addIssue({ code: "custom", path: [at, field], message: `${value} is named twice` });
        seen.add(value);
      }
    }
  });

/** Where somebody speaks, and as whom: the id the platform itself vouches for. */
export interface Identity {
  readonly via: "slack" | "discord" | "console";
  readonly id: string;
}

/**
 * The person behind an identity. The user who runs the bot owns the machine, so at its console nothing can be kept from
 * that user: without an entry of the configuration it is an admin by the user's name.
 */
export function whoIs(principals: readonly Principal[], { via, id }: Identity, owner: string): Principal | undefined {
  const known = principals.find((person) => person[via] === id);
  if (known !== undefined || via !== "console" || id !== owner) return known;
  return { name: owner, role: "admin", console: owner };
}
