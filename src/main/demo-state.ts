import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Config } from "../config.ts";
import type { World } from "./demo-world.ts";

/** Where a demo keeps what it knows; simulated machines end with the process, so what is known of them does too. */
export function demoStateDir({ stateDir }: Config, kind: World["kind"]): string {
  return kind === "lab" ? `${stateDir}-demo` : `${stateDir}-demo-${process.pid}`;
}

/** The folders of all demos of this user, running or left behind. */
export async function demoStateDirs({ stateDir }: Config): Promise<string[]> {
  const parent = dirname(stateDir);
  const names = await readdir(parent).catch(() => []);
  return names.filter((name) => name.startsWith(`${basename(stateDir)}-demo`)).map((name) => join(parent, name));
}
