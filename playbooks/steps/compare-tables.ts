import { z } from "zod";
import { nodesWith } from "../../src/core/cluster.ts";
import { ago } from "../../src/core/words.ts";
import { tableChecksums, type Checksums } from "../../src/ops/facts/checksums.ts";
import type { Finding } from "../../src/policy/finding.ts";
import { askNode } from "../../src/look/ask.ts";
import type { Asking } from "./inspection.ts";

/** Milliseconds between two comparisons of all rows. */
const restMs = 10 * 60_000;

/** How a comparison came out; kept until the next one, because what differs is not right again by being asked twice. */
const Comparison = z.object({ tables: z.int(), different: z.array(z.string()) });

/** Compares all rows of all tables, or tells how that came out a short while ago. */
export async function compareTables(asking: Asking): Promise<Finding[]> {
  const { services, cluster } = asking;
  const { name } = cluster.blueprint;
  const last = await services.sights.last(name, "checksums");
  const age = services.clock.now() - Date.parse(last?.at ?? "1970-01-01");
  if (last !== undefined && age < restMs) {
    const known = Comparison.safeParse(last.facts);
    const when = `compared ${ago(age)}, and not again before 10 minutes have passed`;
    if (known.success) return comparisonFindings(known.data, when);
    return [
      { level: "unknown", says: `the content of the tables was asked for ${ago(age)}, and there is no answer yet` },
    ];
  }
  await services.sights.keep(name, "checksums", null);
  const compared = await askChecksums(asking);
  if ("level" in compared) return [compared];
  await services.sights.keep(name, "checksums", compared);
  return comparisonFindings(compared, "compared just now");
}

async function askChecksums({ services, cluster, context }: Asking): Promise<z.infer<typeof Comparison> | Finding> {
  const { site } = cluster.blueprint;
  const time = { factSeconds: 240, deadlineMs: 270_000 };
  const answers = await Promise.all(
    nodesWith(cluster, "db").map((node) =>
      askNode(services, cluster, node, [tableChecksums(site.database.name)], context, time),
    ),
  );
  const sums: Checksums[] = [];
  for (const { node, told } of answers) {
    if (!told[0].known) return { level: "unknown", says: `${node.name}: ${told[0].why}` };
    sums.push(told[0].value);
  }
  const tables = [...new Set(sums.flatMap((each) => Object.keys(each)))].toSorted();
  const different = tables.filter((table) => new Set(sums.map((each) => each[table])).size > 1);
  return { tables: tables.length, different };
}

function comparisonFindings({ tables, different }: z.infer<typeof Comparison>, when: string): Finding[] {
  if (different.length > 0) {
    return [
      {
        level: "degraded",
        says: `${different.join(", ")} differ between the databases (${when}), or were written to meanwhile`,
      },
    ];
  }
  const all = tables === 1 ? "1 table has" : `${tables} tables have`;
  return [{ level: "note", says: `${all} the same content on both (${when})` }];
}
