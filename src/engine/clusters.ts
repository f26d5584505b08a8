import { Blueprint, Inventory } from "../core/cluster.ts";
import { canonicalJson } from "../core/json.ts";
import type { ClusterStore } from "../core/ports.ts";
import { peopleLocks } from "./line.ts";
import type { Sql, Store } from "./store/port.ts";

/** Blueprints (every version of them) and inventories. `now` is in milliseconds since 1970. */
export function clusterStore(store: Store, now: () => number): ClusterStore {
  const newest = (sql: Sql, name: string) =>
    sql.get("select version, json from blueprints where cluster = ? order by version desc limit 1", [name]);
  const at = () => new Date(now()).toISOString();
  return {
    blueprint: async (name) => {
      const row = await newest(store, name);
      return row === undefined ? undefined : Blueprint.parse(JSON.parse(String(row["json"])));
    },
    saveBlueprint: async (blueprint) => {
      const json = canonicalJson(blueprint);
      for (;;) {
        const row = await newest(store, blueprint.name);
        const version = Number(row?.["version"] ?? 0);
        if (row?.["json"] === json) return version;
        const saved = await store.get(
          "insert into blueprints values (?, ?, ?, ?) on conflict (cluster, version) do nothing returning version",
          [blueprint.name, version + 1, json, at()],
        );
        // Somebody else may have saved one at the same moment; then this one comes after it.
        if (saved !== undefined) return version + 1;
      }
    },
    inventory: async (name) => {
      const row = await store.get("select json from inventories where cluster = ?", [name]);
      return row === undefined ? undefined : Inventory.parse(JSON.parse(String(row["json"])));
    },
    saveInventory: async (inventory) => {
      await store.run(
        `insert into inventories values (?, ?, ?)
         on conflict (cluster) do update set json = excluded.json, at = excluded.at`,
        [inventory.cluster, canonicalJson(inventory), at()],
      );
    },
    forgetCluster: async (name) => {
      await store.transaction(async (sql) => {
        await sql.run("delete from blueprints where cluster = ?", [name]);
        await sql.run("delete from inventories where cluster = ?", [name]);
      });
    },
    list: async () => {
      const rows = await store.all(
        "select cluster from blueprints union select cluster from inventories order by cluster",
      );
      return rows.map((row) => String(row["cluster"]));
    },
    locks: () => peopleLocks(store),
  };
}
