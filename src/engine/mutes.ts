import type { Mute, Mutes } from "../core/watch.ts";
import type { Journal } from "./journal.ts";
import type { Row, Store } from "./store/port.ts";

/** Opens the mutes; each change of them is in the audit. `now` is in milliseconds since 1970. */
export function openMutes(store: Store, journal: Journal, now: () => number): Mutes {
  return {
    list: async (cluster) => {
      const rows = await store.all("select * from mutes where until > ? order by cluster, about", [now()]);
      return rows.map(toMute).filter((mute) => cluster === null || mute.cluster === cluster);
    },
    set: (asked, milliseconds) =>
      journal.transaction(async (page) => {
        const at = now();
        const mute = { ...asked, until: at + milliseconds, at };
        const { cluster, about, until, actor, reason } = mute;
        await page.run("delete from mutes where until <= ?", [at]);
        await page.run(
          `insert into mutes values (?, ?, ?, ?, ?, ?) on conflict (cluster, about) do update set
             until = excluded.until, actor = excluded.actor, reason = excluded.reason, at = excluded.at`,
          [cluster, about ?? "", until, actor, reason, at],
        );
        page.audit({ kind: "mute.set", actor, cluster, data: { about, until: new Date(until).toISOString(), reason } });
        return mute;
      }),
    lift: (cluster, about, actor) =>
      journal.transaction(async (page) => {
        const row = await page.get("delete from mutes where cluster = ? and about = ? and until > ? returning *", [
          ...[cluster, about ?? "", now()],
        ]);
        if (row === undefined) return undefined;
        const was = toMute(row);
        page.audit({ kind: "mute.lifted", actor, cluster, data: { about, reason: was.reason, by: was.actor } });
        return was;
      }),
  };
}

const toMute = (row: Row): Mute => ({
  cluster: String(row["cluster"]),
  about: row["about"] === "" ? null : String(row["about"]),
  until: Number(row["until"]),
  actor: String(row["actor"]),
  reason: String(row["reason"]),
  at: Number(row["at"]),
});
