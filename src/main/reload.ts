import type { Config } from "../config.ts";
import { describeFailure, toFailure } from "../core/errors.ts";
import { canonicalJson } from "../core/json.ts";
import { allOf } from "../core/words.ts";

/** The configuration of a bot that runs. Nobody keeps a copy: who asks twice may get two answers. */
export interface LiveConfig {
  readonly current: () => Config;
  /**
   * Reads it again. Returns what changed, one phrase each, once that holds.
   * @throws OpsError `bad_config`; then everything holds as before.
   */
  readonly reload: () => Promise<readonly string[]>;
}

/** Reads the configuration for the first time; `read` is what is done again at each reload. */
export async function liveConfig(read: () => Promise<Config>): Promise<LiveConfig> {
  let config = await read();
  let last: Promise<unknown> = Promise.resolve();
  const again = async () => {
    const next = await read();
    const changes = changesBetween(config, next);
    config = next;
    return changes;
  };
  return {
    current: () => config,
    reload: () => {
      // One after the other, so that what was read last is what holds.
      const reloaded = last.then(again, again);
      last = reloaded;
      return reloaded;
    },
  };
}

/** What is different, in words: `people: dave added, bob removed`. */
function changesBetween(before: Config, after: Config): string[] {
  const lists = ({ whoMay, clusters, notify, watch }: Config) => ({
    people: byName(whoMay.people),
    roles: new Map<string, unknown>(Object.entries(whoMay.roles)),
    channels: byName(whoMay.channels),
    approvals: new Map<string, unknown>(Object.entries({ breakGlass: whoMay.breakGlass, ...whoMay.dataloss })),
    clusters: byName(clusters),
    notify: new Map<string, unknown>(Map.groupBy(notify, ({ channel }) => channel)),
    watch: new Map<string, unknown>(Object.entries(watch)),
  });
  const [old, fresh] = [lists(before), lists(after)];
  const later = (what: string) => `${what}: the others hold from the next start on`;
  const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);
  const moved = [
    ...(before.extensions === after.extensions ? [] : [later("extensions")]),
    ...(same(before.chat, after.chat) ? [] : [later("chats")]),
    ...(same({ web: before.web }, { web: after.web }) ? [] : [later("web")]),
  ];
  const listed = (["people", "roles", "channels", "approvals", "clusters", "notify", "watch"] as const).flatMap(
    (kind) => {
      const differences = differencesOf(old[kind], fresh[kind]);
      return differences.length === 0 ? [] : [`${kind}: ${allOf(differences)}`];
    },
  );
  return [...listed, ...moved];
}

const byName = (list: readonly { readonly name: string }[]) =>
  new Map<string, unknown>(list.map((entry) => [entry.name, entry]));

function differencesOf(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    if (!before.has(name)) return [`${name} added`];
    if (!after.has(name)) return [`${name} removed`];
    return canonicalJson(before.get(name)) === canonicalJson(after.get(name)) ? [] : [`${name} changed`];
  });
}

/** What a bot logs to: the shape of pino. */
interface Log {
  info(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Reloads, says what came of it in one sentence, and logs that; `saved` keeps the blueprints of what holds now. */
export async function reload(live: LiveConfig, saved: () => Promise<void>, log: Log): Promise<string> {
  const failure = (error: unknown, message: string) => {
    const text = `${message} ${describeFailure(toFailure(error))}`;
    log.error({ failure: toFailure(error) }, text);
    return text;
  };
  let changes: readonly string[];
  try {
    changes = await live.reload();
  } catch (error) {
    return failure(error, "The configuration stays as it was.");
  }
  try {
    await saved();
  } catch (error) {
    return failure(error, "The new configuration holds, but its blueprints could not be saved.");
  }
  const text =
    changes.length === 0 ? "Nothing changed in the configuration." : `New configuration: ${changes.join("; ")}.`;
  log.info({ changes }, text);
  return text;
}
