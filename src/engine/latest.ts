import type { Sql } from "./store/port.ts";

/** How many of the runs that have not ended, and that have, are listed. */
const mostOpen = 30;
const mostEnded = 20;

/** Ids of the runs that matter now, see `LatestRuns`; `null` for those of all clusters. */
export async function latest(
  sql: Sql,
  cluster: string | null,
): Promise<{ readonly ids: readonly string[]; readonly more: number }> {
  const of = cluster === null ? "" : "and cluster = ?";
  const ids = async (rest: string) => {
    const rows = await sql.all(`select id from runs where ${rest}`, cluster === null ? [] : [cluster]);
    return rows.map((row) => String(row["id"]));
  };
  const open = await ids(
    `outcome is null ${of}
     order by case when begun_at is null then 2 when risk = 'read' then 1 else 0 end, created_at, place`,
  );
  const ended = await ids(`outcome is not null ${of} order by created_at desc, place desc limit ${mostEnded}`);
  return { ids: [...open.slice(0, mostOpen), ...ended], more: Math.max(0, open.length - mostOpen) };
}
