import { Blueprint, Inventory } from "../core/cluster.ts";
import { canonicalJson } from "../core/json.ts";
import type { ClusterStore } from "../core/ports.ts";
import type { Database } from "./store.ts";

/** Blueprints (every version of them) and inventories. `now` is in milliseconds since 1970. */
export function clusterStore(database: Database, now: () => number): ClusterStore {
  const { sql } = database;
  const newest = (name: string) =>
    sql.prepare("select version, json from blueprints where cluster = ? order by version desc limit 1").get(name);
  const at = () => new Date(now()).toISOString();
  return {
    blueprint: async (name) => {
      const row = newest(name);
      return row === undefined ? undefined : Blueprint.parse(JSON.parse(String(row["json"])));
    },
    saveBlueprint: async (blueprint) => {
      const json = canonicalJson(blueprint);
      return database.transaction(() => {
        const row = newest(blueprint.name);
        const version = Number(row?.["version"] ?? 0);
        if (row?.["json"] === json) return version;
        sql.prepare("insert into blueprints values (?, ?, ?, ?)").run(blueprint.name, version + 1, json, at());
        return version + 1;
      });
    },
    inventory: async (name) => {
      const row = sql.prepare("select json from inventories where cluster = ?").get(name);
      return row === undefined ? undefined : Inventory.parse(JSON.parse(String(row["json"])));
    },
    saveInventory: async (inventory) => {
      sql
        .prepare("insert or replace into inventories values (?, ?, ?)")
        .run(inventory.cluster, canonicalJson(inventory), at());
    },
    forgetCluster: async (name) => {
      database.transaction(() => {
        sql.prepare("delete from blueprints where cluster = ?").run(name);
        sql.prepare("delete from inventories where cluster = ?").run(name);
      });
    },
    list: async () =>
      sql
        .prepare("select cluster from blueprints union select cluster from inventories order by cluster")
        .all()
        .map((row) => String(row["cluster"])),
  };
}
