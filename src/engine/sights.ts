import { canonicalJson } from "../core/json.ts";
import type { Sights } from "../core/ports.ts";
import type { Store } from "./store/port.ts";

/** The last look of each kind at each cluster. `now` is in milliseconds since 1970. */
export function sightStore(store: Store, now: () => number): Sights {
  return {
    last: async (cluster, kind) => {
      const row = await store.get("select at, json from sights where cluster = ? and kind = ?", [cluster, kind]);
      return row === undefined ? undefined : { at: String(row["at"]), facts: JSON.parse(String(row["json"])) };
    },
    keep: (cluster, kind, facts) =>
      store.run(
        `insert into sights values (?, ?, ?, ?)
         on conflict (cluster, kind) do update set at = excluded.at, json = excluded.json`,
        [cluster, kind, new Date(now()).toISOString(), canonicalJson(facts)],
      ),
    forget: (cluster) => store.run("delete from sights where cluster = ?", [cluster]),
  };
}
