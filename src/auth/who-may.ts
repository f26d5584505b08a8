import { z } from "zod";
import { ClusterName } from "../core/cluster.ts";
import type { Command } from "../core/command.ts";
import { Name, Principals, unique } from "./principals.ts";
import { isBuiltIn, matches, Roles } from "./rules.ts";

/** A place in chat where things may be changed and decided. */
const Channel = z
  .strictObject({
    name: Name,
    /** Slack channel id. */
    slack: z
      .string()
      .regex(/^[CG][A-Z0-9]+$/, "a Slack channel id is like C024BE91L")
      .optional(),
    /** Discord channel id. */
    discord: z
      .string("a Discord channel id is 17 to 20 digits; quote it")
      .regex(/^\d{17,20}$/, "a Discord channel id is 17 to 20 digits; quote it")
      .optional(),
    /** Commands about other clusters are refused there. */
    clusters: z.array(ClusterName).optional(),
  })
  .refine(({ slack, discord }) => (slack ?? discord) !== undefined, "say where this channel is: slack or discord");
export type Channel = z.infer<typeof Channel>;

/** The part of `nonet.yaml` that says who may do what, and where. */
export const WhoMay = z.object({
  people: Principals,
  roles: Roles,
  channels: z
    .array(Channel)
    .default([])
    .superRefine((channels, context) => unique(channels, ["name", "slack", "discord"], context)),
  /** In an emergency the requester alone may go on, with a reason, where otherwise it takes somebody else. */
  breakGlass: z.boolean().default(false),
  /** What a loss of data takes beyond two people and the typed name: a one-time code of everyone who says yes. */
  dataloss: z.strictObject({ oneTimeCode: z.boolean().default(false) }).default({ oneTimeCode: false }),
});
export type WhoMay = z.infer<typeof WhoMay>;

/** Something that is written wrongly, and where. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Names in it that stand for nothing: a typing error in a right must not be a right that silently is not there. */
export function danglingNames({ people, roles, channels }: WhoMay, commands: readonly Command[]): Problem[] {
  const problems: Problem[] = [];
  const expect = (known: boolean, path: readonly PropertyKey[], message: string) => {
    if (!known) problems.push({ path, message });
  };
  for (const [at, person] of people.entries()) {
    for (const [index, { role }] of person.roles.entries()) {
      const known = isBuiltIn(role) || Object.hasOwn(roles, role);
      expect(known, ["people", at, "roles", index], `there is no role ${role}`);
    }
  }
  for (const [role, rules] of Object.entries(roles)) {
    expect(!isBuiltIn(role), ["roles", role], `${role} is built in; take another name`);
    for (const [at, { allow, channels: where = [], where: limits = {} }] of rules.entries()) {
      const path = ["roles", role, at];
      for (const [index, pattern] of allow.entries()) {
        const known = commands.some(({ name }) => matches(pattern, name));
        expect(known, [...path, "allow", index], `there is no command /${pattern}`);
      }
      for (const [index, name] of where.entries()) {
        const known = channels.some((channel) => channel.name === name);
        expect(known, [...path, "channels", index], `there is no channel ${name}`);
      }
      const allowed = commands.filter(({ name }) => allow.some((pattern) => matches(pattern, name)));
      for (const option of Object.keys(limits)) {
        const known = allowed.some(({ input }) => Object.hasOwn(input.shape, option));
        expect(known, [...path, "where", option], `no command of this rule has the option ${option}`);
      }
    }
  }
  return problems;
}
