import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import type { Plan } from "../src/core/plan.ts";
import { playbook } from "../src/core/playbook.ts";
import { counted } from "../src/core/words.ts";
import { build } from "./build.ts";
import { planBuild } from "./steps/plan-build.ts";

/** Shows what a build would do, and does nothing. */
export const plan = playbook({
  name: "plan",
  version: 1,
  input: z.object({ name: ClusterName }),
  risk: "read",
  cluster: ({ name }) => name,

  async run(run, { name }) {
    const made = await run.step({ name: "plan", title: `Compare ${name} with its blueprint` }, async (context) => {
      const value = await planBuild({ ...context, services: run.services }, name, build);
      return { sentence: value.summary, value };
    });
    const columns = ["node", "what", "have", "want"];
    const table = { columns, rows: rowsOf(made) };
    return {
      ok: true,
      verdict: verdictOf(made),
      table,
      data: { creates: made.creates.length, changes: made.changes.length },
    };
  },
});

function rowsOf({ creates, changes }: Plan): string[][] {
  return [
    ...creates.map(({ node, region, type, monthlyUsd }) => [
      node,
      "machine",
      "nothing",
      `${type} in ${region}, ${monthlyUsd === null ? "price unknown" : `$${monthlyUsd.toFixed(2)} a month`}`,
    ]),
    ...changes.flatMap(({ node, operation, key, changes: fields }) =>
      fields.map(({ field, have, want }) => [node, `${operation} ${key} ${field}`, have ?? "nothing", want]),
    ),
  ];
}

function verdictOf({ summary, monthlyUsd, usualSeconds }: Plan): string {
  const cost = monthlyUsd === null ? "The monthly price is not known." : `It costs $${monthlyUsd.toFixed(2)} a month.`;
  const time = usualSeconds === null ? "" : ` A build takes about ${counted(Math.ceil(usualSeconds / 60), "minute")}.`;
  return `${summary} ${cost}${time}`;
}
