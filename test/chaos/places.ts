import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { plannedNodes } from "../../src/core/cluster.ts";
import { openState, type Place } from "../../src/engine/state.ts";
import { key } from "../engine/fixture.ts";
import { postgresServer } from "../engine/postgres.ts";
import type { StoreKind } from "../engine/stores.ts";
import { inMemory } from "../fakes/in-memory.ts";
import { blueprint } from "./blueprint.ts";

/** Stores that know the cluster and its secrets, all the same ones, so that what is built with them can be compared. */
export interface Places {
  next(): Promise<Place>;
  /** A new state folder for another instance on the same store. */
  beside(): string;
  /** Removes all folders. */
  remove(): void;
}

/** Generates the secrets once; every place is a copy. */
export async function openPlaces(kind: StoreKind["kind"]): Promise<Places> {
  const parent = mkdtempSync(join(inMemory, "nonet-chaos-"));
  const databaseUrl = kind === "postgres" ? await (await postgresServer()).database() : null;
  const seed: Place = { stateDir: join(parent, "seed"), databaseUrl };
  const state = await openState(seed, { NONET_KEY: key });
  await state.clusters.configure(blueprint);
  await state.vault.botKey();
  await state.vault.secrets(blueprint.name);
  for (const { name } of plannedNodes(blueprint)) await state.vault.hostKey(blueprint.name, name);
  await state.close();
  let count = 0;
  return {
    next: async () => {
      const stateDir = join(parent, String((count += 1)));
      cpSync(seed.stateDir, stateDir, { recursive: true });
      return {
        stateDir,
        databaseUrl: databaseUrl === null ? null : await (await postgresServer()).database(databaseUrl),
      };
    },
    beside: () => join(parent, String((count += 1))),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}
