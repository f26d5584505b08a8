import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { unique } from "./auth/principals.ts";
import { danglingNames, WhoMay, type Problem } from "./auth/who-may.ts";
import { danglingNotify, NotifyFile } from "./chat/notify.ts";
import { ChatEnvironment, ChatFile, chatProblems, chatSettings, type ChatSettings } from "./chat/settings.ts";
import { danglingWeb, WebFile, type WebSettings } from "./chat/web/settings.ts";
import { Blueprint, ClusterName } from "./core/cluster.ts";
import type { Command } from "./core/command.ts";
import { OpsError } from "./core/errors.ts";
import { Secret } from "./core/secret.ts";

/** What the environment may say. */
const Environment = z.object({
  LINODE_TOKEN: z.string().min(1).optional(),
  LINODE_API_URL: z.url().default("https://api.linode.com"),
  NONET_STATE_DIR: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  NONET_CONFIG: z.string().min(1).default("nonet.yaml"),
  /** Where port scans "from the internet" start; an address of this machine. */
  NONET_SCAN_FROM: z.union([z.ipv4(), z.ipv6()]).optional(),
  NONET_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  ...ChatEnvironment.shape,
});

/** The folder with own commands and playbooks, as seen from `nonet.yaml`. */
const Extensions = z.object({ extensions: z.string().min(1).optional() });

/** How clusters are watched. */
const WatchFile = {
  watch: z
    .strictObject({
      /** Seconds between two looks at a cluster. */
      interval: z.int().min(2).max(3600).default(5),
      /** Clusters that are not watched. */
      off: z.array(ClusterName).default([]),
    })
    .prefault({}),
};

/** What `nonet.yaml` may say. */
const File = WhoMay.extend({
  ...Extensions.shape,
  ...ChatFile.shape,
  ...WebFile,
  ...NotifyFile,
  clusters: z
    .array(Blueprint)
    .default([])
    .superRefine((clusters, context) => unique(clusters, ["name"], context)),
  ...WatchFile,
  /** Where health and metrics are told; nowhere when left out. */
  http: z
    .strictObject({ host: z.string().min(1).default("127.0.0.1"), port: z.int().min(1).max(65535).default(9322) })
    .nullable()
    .default(null),
}).strict();

/** Secrets that systemd may hand over as credentials, and the variables they stand for. */
const credentials = {
  "linode-token": "LINODE_TOKEN",
  "database-url": "DATABASE_URL",
  "slack-bot-token": "SLACK_BOT_TOKEN",
  "slack-app-token": "SLACK_APP_TOKEN",
  "slack-signing-secret": "SLACK_SIGNING_SECRET",
  "discord-token": "DISCORD_TOKEN",
} as const;

/** Everything Nonet is told from outside. */
export interface Config {
  readonly linodeToken: Secret<string> | null;
  readonly linodeUrl: string;
  readonly stateDir: string;
  /** PostgreSQL instead of a file in `stateDir`. */
  readonly databaseUrl: Secret<string> | null;
  readonly scanFrom: string | null;
  readonly logLevel: string;
  /** Folder with own commands and playbooks. */
  readonly extensions: string | null;
  readonly clusters: readonly Blueprint[];
  readonly http: { readonly host: string; readonly port: number } | null;
  /** The web console; `null` for none. */
  readonly web: WebSettings | null;
  readonly whoMay: WhoMay;
  readonly notify: z.infer<typeof File>["notify"];
  readonly watch: z.infer<typeof File>["watch"];
  readonly chat: ChatSettings;
}

/** Where the own commands and playbooks are; whatever else the file says is for `readConfig` to judge. */
export async function readExtensions(env: Readonly<Record<string, string | undefined>>): Promise<string | null> {
  const path = env["NONET_CONFIG"] ?? "nonet.yaml";
  return extensionsOf(path, Extensions.safeParse(parseYaml(path, await readText(path))).data ?? {});
}

const extensionsOf = (path: string, { extensions }: z.infer<typeof Extensions>): string | null =>
  extensions === undefined ? null : resolve(dirname(path), extensions);

/**
 * Reads environment, systemd credentials and `nonet.yaml` (which may be absent). `commands` are all that a rule can be
 * about.
 * @throws OpsError `bad_config` that lists every problem at once.
 */
export async function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  commands: readonly Command[],
): Promise<Config> {
  const environment = Environment.safeParse({ ...(await readCredentials(env)), ...env });
  const path = environment.data?.NONET_CONFIG ?? "nonet.yaml";
  const content = parseYaml(path, await readText(path)) ?? {};
  const file = File.safeParse(content);
  const whoMay = WhoMay.safeParse(content);
  const inFile = [
    ...(file.error?.issues ?? []),
    ...(whoMay.success ? danglingNames(whoMay.data, commands) : []),
    ...(file.success ? danglingNotify(file.data.notify, file.data) : []),
    ...(file.success && whoMay.success ? danglingWeb(file.data.web, whoMay.data) : []),
    ...(file.success && environment.success ? chatProblems(file.data, environment.data) : []),
  ];
  const problems = [
    ...(environment.error?.issues ?? []).map((problem) => told(problem)),
    ...inFile.map((problem) => `${path}, ${told(problem)}`),
  ];
  if (environment.data === undefined || file.data === undefined || problems.length > 0) {
    throw new OpsError({
      code: "bad_config",
      message: `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}: ${problems.join("; ")}.`,
      hint: "nonet.example.yaml and .env.example show what is possible.",
    });
  }
  const { LINODE_TOKEN, LINODE_API_URL, NONET_STATE_DIR, DATABASE_URL, NONET_SCAN_FROM, NONET_LOG_LEVEL } =
    environment.data;
  const { clusters, http, web, extensions, notify, watch, slack, discord, ...rest } = file.data;
  return {
    linodeToken: LINODE_TOKEN === undefined ? null : new Secret(LINODE_TOKEN),
    linodeUrl: LINODE_API_URL,
    stateDir: NONET_STATE_DIR ?? join(homedir(), ".local/state/nonet"),
    databaseUrl: DATABASE_URL === undefined ? null : new Secret(DATABASE_URL),
    scanFrom: NONET_SCAN_FROM ?? null,
    logLevel: NONET_LOG_LEVEL,
    extensions: extensionsOf(path, { extensions }),
    clusters,
    http,
    web,
    whoMay: rest,
    notify,
    watch,
    chat: chatSettings({ slack, discord }, environment.data),
  };
}

async function readCredentials(env: Readonly<Record<string, string | undefined>>): Promise<Record<string, string>> {
  const folder = env["CREDENTIALS_DIRECTORY"];
  if (folder === undefined) return {};
  const found = Object.entries(credentials).map(async ([file, name]) => {
    const text = await readFile(join(folder, file), "utf8").catch(() => null);
    return text === null ? [] : [[name, text.trim()] as const];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}

/** `people.0.roles.1: there is no role oprator`. */
function told({ path, message }: Problem): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

/** A file that is not there says nothing; one that cannot be read is a problem, for it may say who may do nothing. */
async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new OpsError({ code: "bad_config", message: `${path} cannot be read.`, cause: error });
  }
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new OpsError({ code: "bad_config", message: `${path} is not YAML: ${message}` });
  }
}
