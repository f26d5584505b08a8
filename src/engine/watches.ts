import { createHash } from "node:crypto";
import type { Json } from "../core/json.ts";
import { titleOf } from "../core/lock.ts";
import type { Round, Watched, Watches } from "../core/watch.ts";
import type { Journal } from "./journal.ts";
import { writeWords } from "./series.ts";
import type { Row, Store } from "./store/port.ts";

/** Opens them. `self` is the name of this instance at the moment. */
export function openWatches(store: Store, journal: Journal, self: () => string): Watches {
  const giveBack = (cluster: string) =>
    store.run("update watches set holder = '' where cluster = ? and holder = ?", [cluster, self()]);
  return {
    claim: async (cluster) => {
      const living = (await store.all("select id from instances")).map((row) => String(row["id"]));
      if (meantFor(cluster, living) !== self()) {
        await giveBack(cluster);
        return undefined;
      }
      const row = await store.get(
        `insert into watches (cluster, holder) values (?, ?) on conflict (cluster) do update set holder = excluded.holder
           where watches.holder in ('', excluded.holder) or watches.holder not in (select id from instances)
         returning memory`,
        [cluster, self()],
      );
      return row && (JSON.parse(String(row["memory"] ?? "null")) as Json);
    },
    keep: (cluster, { memory, round, words, raised, resolved }) =>
      journal.transaction(async (page) => {
        const held = await page.get(
          "update watches set memory = ?, round = ? where cluster = ? and holder = ? returning cluster",
          [JSON.stringify(memory), JSON.stringify(round), cluster, self()],
        );
        if (held === undefined) return false;
        await writeWords(page, cluster, words, round.at);
        for (const one of raised) await page.notice(one);
        for (const { key, ...ending } of resolved) await page.resolve(key, ending);
        return true;
      }),
    busy: async (cluster) => {
      const row = await store.get(
        `select playbook, cluster from runs where line = ? and outcome is null and begun_at is not null and parked = 0`,
        [cluster],
      );
      return row === undefined ? null : titleOf({ playbook: String(row["playbook"]), cluster: String(row["cluster"]) });
    },
    isBuilt: async (cluster) => {
      const ended = "select max(created_at) from runs where cluster = ? and outcome = 'done' and playbook =";
      const row = await store.get(
        `select coalesce((${ended} 'build'), '') > coalesce((${ended} 'destroy'), '') as built`,
        [cluster, cluster],
      );
      // SQLite says 1, PostgreSQL true.
      return ["1", "true"].includes(String(row?.["built"]));
    },
    forget: (cluster) =>
      journal.transaction(async (page) => {
        const open = await page.all(
          "select key from notices where topic = 'watch' and cluster = ? and resolved_at is null",
          [cluster],
        );
        for (const row of open) await page.resolve(String(row["key"]));
        for (const table of ["watches", "mutes"]) await page.run(`delete from ${table} where cluster = ?`, [cluster]);
      }),
    release: () => store.run("update watches set holder = '' where holder = ?", [self()]),
  };
}

/** Rendezvous hashing: each instance gets its share, and only what a dead one had moves when it dies. */
function meantFor(cluster: string, living: readonly string[]): string | undefined {
  const weight = (id: string) => createHash("sha256").update(`${id} ${cluster}`).digest("hex");
  return living.toSorted((a, b) => (weight(a) < weight(b) ? 1 : -1))[0];
}

/** What was seen, for whoever asks. */
export function watchedIn(store: Store): Watched {
  return {
    rounds: async () =>
      (await store.all("select round from watches where round is not null order by cluster")).map(roundOf),
    round: async (cluster) => {
      const row = await store.get("select round from watches where cluster = ? and round is not null", [cluster]);
      return row && roundOf(row);
    },
  };
}

const roundOf = (row: Row): Round => JSON.parse(String(row["round"])) as Round;
