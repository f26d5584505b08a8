import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plannedNodes } from "../../src/core/cluster.ts";
import { openState, type Place } from "../../src/engine/state.ts";
import { key } from "../engine/fixture.ts";
import { postgresServer } from "../engine/postgres.ts";
import type { StoreKind } from "../engine/stores.ts";
import { blueprint } from "./blueprint.ts";

/** Deaths of processes lose nothing of what the kernel has, so memory serves as well as a disk and is quicker. */
const folders = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Stores that know the cluster and its secrets, all the same ones, so that what is built with them can be compared. */
export interface Places {
  next(): Promise<Place>;
  /** Removes all folders. */
  remove(): void;
}

/** Generates the secrets once; every place is a copy. */
export async function openPlaces(kind: StoreKind["kind"]): Promise<Places> {
  const parent = mkdtempSync(join(folders, "nonet-chaos-"));
  const databaseUrl = kind === "postgres" ? await (await postgresServer()).database() : null;
  const seed: Place = { stateDir: join(parent, "seed"), databaseUrl };
  const { clusters, vault, close } = await openState(seed, { NONET_KEY: key });
  await clusters.saveBlueprint(blueprint);
  await vault.botKey();
  await vault.secrets(blueprint.name);
  for (const { name } of plannedNodes(blueprint)) await vault.hostKey(blueprint.name, name);
  await close();
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
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}
