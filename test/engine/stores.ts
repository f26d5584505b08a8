import { afterAll, describe } from "vitest";
import type { Place } from "../../src/engine/state.ts";
import { freshDir } from "./fixture.ts";
import { noPostgres, postgresServer, stopPostgres } from "./postgres.ts";

/** A kind of store. */
export interface StoreKind {
  readonly kind: "sqlite" | "postgres";
  /** A new, empty store. */
  readonly place: () => Promise<Place>;
}

const kinds: readonly StoreKind[] = [
  { kind: "sqlite", place: async () => ({ stateDir: freshDir(), databaseUrl: null }) },
  {
    kind: "postgres",
    place: async () => ({ stateDir: freshDir(), databaseUrl: await (await postgresServer()).database() }),
  },
];

/** The same tests on each store; a title says why those of one are skipped. */
export function onBothStores(tests: (store: StoreKind) => void): void {
  describe.each(kinds)("$kind", (store) => {
    if (store.kind === "postgres") onPostgres(tests);
    else tests(store);
  });
}

/** Tests of what only several instances on one store can do. */
export function onPostgres(tests: (store: StoreKind) => void): void {
  const [, store] = kinds;
  if (store === undefined) throw new TypeError("there is no PostgreSQL store");
  describe.skipIf(noPostgres !== undefined)(`PostgreSQL 15${noPostgres === undefined ? "" : `: ${noPostgres}`}`, () => {
    afterAll(stopPostgres);
    tests(store);
  });
}
