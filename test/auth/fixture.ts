import { z } from "zod";
import type { AskedRun, What } from "../../src/auth/attempt.ts";
import { openAuthorizer, type Authorizer } from "../../src/auth/authorize.ts";
import { WhoMay } from "../../src/auth/who-may.ts";
import type { Caller } from "../../src/core/caller.ts";
import { ClusterName } from "../../src/core/cluster.ts";
import { answer, command, commandFor, type Command } from "../../src/core/command.ts";
import type { Risk } from "../../src/core/plan.ts";
import { playbook } from "../../src/core/playbook.ts";

const done = () => Promise.resolve(answer({ ok: true, verdict: "" }));

const scale = playbook({
  name: "scale",
  version: 1,
  input: z.object({ name: ClusterName, web: z.coerce.number().int(), size: z.enum(["small", "large"]).optional() }),
  risk: "reversible",
  cluster: ({ name }) => name,
  run: () => Promise.resolve({ ok: true, verdict: "" }),
});

/** One command of every access, about a cluster and about all of them. */
export const commands: readonly Command[] = [
  command({ name: "help", summary: "", access: "anyone", input: z.object({}), run: done }),
  command({ name: "cluster list", summary: "", access: "viewer", input: z.object({}), run: done }),
  command({ name: "cluster status", summary: "", access: "viewer", input: z.object({ name: ClusterName }), run: done }),
  commandFor(scale, { name: "cluster scale", summary: "", access: "operator" }),
  command({ name: "freeze", summary: "", access: "operator", input: z.object({}), run: done }),
  command({ name: "cluster destroy", summary: "", access: "admin", input: z.object({ name: ClusterName }), run: done }),
];

/** An authorizer by such a configuration; `root` runs the bot. */
export function authorizerFor(whoMay: z.input<typeof WhoMay>): Authorizer {
  const parsed = WhoMay.parse(whoMay);
  return openAuthorizer({ current: () => parsed, owner: "root", commands });
}

/** Use of a command; its name is a mistake of the test when there is none. */
export function use(name: string, input: object | null = {}): Extract<What, { kind: "use" }> {
  const found = commands.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return { kind: "use", command: found, input };
}

/** A run of `scale` to 3 web servers that bob asked for. */
export function asked(parts: Partial<AskedRun> & { readonly risk: Risk }): AskedRun {
  const cluster = parts.cluster === undefined ? "staging" : parts.cluster;
  return { playbook: "scale", cluster, input: { name: cluster, web: 3 }, actor: "bob", ...parts };
}

export const console = (id: string): Caller => ({ via: "console", id, channel: null });
export const slack = (id: string, channel: string | null = "C1"): Caller => ({ via: "slack", id, channel });

/** A team with every kind of right. */
export const team = {
  people: [
    { name: "alice", roles: ["admin"], slack: "U1", discord: "12345678901234567", console: "alice" },
    { name: "bob", roles: ["viewer", "operator on staging"], slack: "U2" },
    { name: "carol", roles: ["viewer on prod"], slack: "U3", console: "carol" },
    { name: "dave", roles: ["scaler"], slack: "U4" },
    { name: "erin", roles: [], slack: "U5" },
  ],
  roles: {
    scaler: [
      {
        allow: ["cluster scale"],
        clusters: ["staging"],
        where: { web: { min: 2, max: 4 }, size: ["small"] },
        channels: ["ops"],
      },
    ],
  },
  channels: [
    { name: "ops", slack: "C1", discord: "22345678901234567" },
    { name: "staging", slack: "C2", clusters: ["staging"] },
  ],
};
