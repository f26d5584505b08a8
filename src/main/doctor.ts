import type { Config } from "../config.ts";
import { tokenLacks, type Cloud } from "../core/cloud.ts";
import { clusterTag } from "../core/cluster.ts";
import { describeFailure, toFailure } from "../core/errors.ts";
import { counted } from "../core/words.ts";
import { linodeCloud } from "../cloud/linode.ts";
import { describePostgres } from "../engine/store/postgres.ts";
import { whyNoLab } from "../lab/probe.ts";
import { chatChecks } from "./chats.ts";
import { configuration } from "./configuration.ts";
import { openRegistry } from "./registry.ts";

const context = { signal: AbortSignal.timeout(60_000), say: () => undefined };

/** `npm run doctor`: checks configuration, token, scopes and reachability; 0 when nothing needs fixing. */
export async function main(): Promise<number> {
  let failed = false;
  /** Returns whether it is well. */
  const check = async (what: string, look: () => Promise<string>): Promise<boolean> => {
    try {
      console.log(`✓ ${what}: ${await look()}`);
      return true;
    } catch (error) {
      failed = true;
      console.log(`✗ ${what}: ${describeFailure(toFailure(error))}`);
      return false;
    }
  };
  await check("configuration", async () => {
    const { clusters, whoMay, stateDir, databaseUrl } = await configuration(process.env);
    const store = databaseUrl === null ? "store" : "console, log and key file";
    return `${counted(clusters.length, "cluster")}, people: ${whoMay.people.length}; ${store} in ${stateDir}`;
  });
  if (failed) return 1;
  const config = await configuration(process.env);
  const { databaseUrl } = config;
  if (databaseUrl !== null) await check("store", () => describePostgres(databaseUrl));
  for (const { what, look } of chatChecks(config, (await openRegistry(config.extensions)).commands)) {
    await check(what, look);
  }
  const cloud = linodeCloud({ token: config.linodeToken, baseUrl: config.linodeUrl });
  const regions = async () => `${(await cloud.regions(context)).length} regions at ${config.linodeUrl}`;
  if (await check("Linode API", regions)) await checkAccount(cloud, config, check);
  console.log(`· lab: ${(await whyNoLab()) ?? "this machine can run it"}`);
  return failed ? 1 : 0;
}

/** What the token may do, and what there is of each cluster. */
async function checkAccount(
  cloud: Cloud,
  { clusters }: Config,
  check: (what: string, look: () => Promise<string>) => Promise<boolean>,
): Promise<void> {
  let blind: readonly string[] = [];
  await check("Linode token", async () => {
    const { username, scopes, missing, blind: lacking } = await cloud.whoAmI(context);
    if (missing.length > 0) throw tokenLacks(missing);
    blind = lacking;
    return `${username}, ${scopes === null ? "scopes not told" : scopes.join(" ")}`;
  });
  if (blind.length > 0) {
    console.log(`· Linode's announcements: the token lacks ${blind.join(" and ")}, so maintenance is not heard of`);
  }
  for (const { name } of clusters) {
    await check(`cluster ${name}`, async () =>
      counted((await cloud.listNodes(clusterTag(name), context)).length, "machine"),
    );
  }
}
