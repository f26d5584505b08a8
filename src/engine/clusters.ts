import { Blueprint, Inventory, withWebs } from "../core/cluster.ts";
import { canonicalJson } from "../core/json.ts";
import type { ClusterStore } from "../core/ports.ts";
import { peopleLocks } from "./line.ts";
import type { Store } from "./store/port.ts";

/** Blueprints (every version of them) and inventories. `now` is in milliseconds since 1970. */
export function clusterStore(store: Store, now: () => number): ClusterStore {
  const at = () => new Date(now()).toISOString();
  return {
    ...blueprintStore(store, at),
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
        await sql.run("delete from configured where cluster = ?", [name]);
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

/** Blueprints; `at` is the time in ISO 8601. */
function blueprintStore(store: Store, at: () => string): Pick<ClusterStore, "blueprint" | "configure" | "setWebCount"> {
  const newest = (name: string) =>
    store.get("select version, json from blueprints where cluster = ? order by version desc limit 1", [name]);
  const parsed = (row: Awaited<ReturnType<typeof newest>>) =>
    row === undefined ? undefined : Blueprint.parse(JSON.parse(String(row["json"])));
  /** Saves what becomes of the newest version, unless that is the same. */
  const save = async (name: string, become: (newest: Blueprint | undefined) => Blueprint): Promise<number> => {
    for (;;) {
      const row = await newest(name);
      const version = Number(row?.["version"] ?? 0);
      const json = canonicalJson(become(parsed(row)));
      if (row?.["json"] === json) return version;
      const saved = await store.get(
        "insert into blueprints values (?, ?, ?, ?) on conflict (cluster, version) do nothing returning version",
        [name, version + 1, json, at()],
      );
      // Somebody else may have saved one at the same moment; then this one comes after it.
      if (saved !== undefined) return version + 1;
    }
  };
  return {
    blueprint: async (name) => parsed(await newest(name)),
    configure: async (blueprint) => {
      const { name } = blueprint;
      const { count } = blueprint.nodes.web;
      const last = await store.get("select web from configured where cluster = ?", [name]);
      const version = await save(name, (known) => {
        // An older store remembers no number; it had no other than that of the configuration.
        const before = last === undefined ? known?.nodes.web.count : Number(last["web"]);
        return known === undefined || before !== count ? blueprint : withWebs(blueprint, known.nodes.web.count);
      });
      await store.run("insert into configured values (?, ?) on conflict (cluster) do update set web = excluded.web", [
        name,
        count,
      ]);
      return version;
    },
    setWebCount: (name, count) =>
      save(name, (known) => {
        if (known === undefined) throw new TypeError(`there is no blueprint of ${name}`);
        return withWebs(known, count);
      }),
  };
}
