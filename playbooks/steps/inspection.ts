import { z } from "zod";
import { ClusterName, type Cluster, type Node } from "../../src/core/cluster.ts";
import type { Drawing } from "../../src/core/drawing.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { Json } from "../../src/core/json.ts";
import type { Next } from "../../src/core/action.ts";
import { playbook, type Result, type StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import type { Table } from "../../src/core/table.ts";
import { counted } from "../../src/core/words.ts";
import { isFine, verdictOf, wholeOf, type Finding } from "../../src/policy/finding.ts";
import { loadCluster } from "../status.ts";

/** What an inspection found; plain JSON, because it is journaled. */
export interface Report {
  /** The most severe first. */
  readonly findings: readonly Finding[];
  readonly table?: Table;
  /** Evidence in words, a line each. */
  readonly lines?: readonly string[];
  readonly drawing?: Drawing;
  readonly diff?: readonly string[];
  readonly next?: readonly Next[];
  readonly data?: Json;
}

/** What an inspection works with. */
export interface Asking {
  readonly services: Services;
  readonly cluster: Cluster;
  readonly context: StepContext;
}

/** The shortest input: which cluster. */
export const ofCluster = z.object({ cluster: ClusterName });

/** A node by its short name. */
export const NodeName = z
  .string()
  .regex(/^[a-z]{1,10}\d{1,3}$/, "a node is called like db1")
  .describe("name of a node, such as db1");

/** Declares a playbook that only looks, in one step, and says what it found. */
export function inspection<S extends z.ZodObject<{ cluster: typeof ClusterName }>>(parts: {
  readonly name: string;
  readonly title: string;
  readonly input: S;
  readonly look: (asking: Asking, input: z.infer<S>) => Promise<Report>;
}) {
  const { name, title, input, look } = parts;
  return playbook({
    ...{ name, version: 1, input, risk: "read" },
    cluster: (given) => String(given["cluster"]),
    async run(run, given) {
      const cluster = await loadCluster(run.services, String(given["cluster"]));
      const report = await run.step({ name: "inspect", title }, async (context) => {
        const value = await look({ services: run.services, cluster, context }, given);
        return { sentence: summaryOf(value.findings), value };
      });
      return resultOf(report);
    },
  });
}

/** `3 findings.`, for a checklist; the verdict says which. */
export function summaryOf(findings: readonly Finding[]): string {
  const bad = findings.filter(({ level }) => level !== "note").length;
  return bad === 0 ? "All as it should be." : `${counted(bad, "finding")}.`;
}

/** The card's last words. */
function resultOf({ findings, lines = [], ...rest }: Report): Result {
  const text = [...wholeOf(findings), ...lines].join("\n");
  return { ok: isFine(findings), verdict: verdictOf(findings), ...rest, ...(text === "" ? {} : { text }) };
}

/** @throws OpsError `unknown_node` */
export function nodeNamed(cluster: Cluster, name: string): Node {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node !== undefined) return node;
  throw new OpsError({
    code: "unknown_node",
    message: `There is no node ${name} in ${cluster.blueprint.name}.`,
    hint: `It has ${cluster.nodes.map((one) => one.name).join(", ")}.`,
  });
}
