import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { unique } from "./auth/principals.ts";
import { danglingNames, WhoMay, type Problem } from "./auth/who-may.ts";
import { Blueprint } from "./core/cluster.ts";
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
});

/** What `nonet.yaml` may say. */
const File = WhoMay.extend({
  clusters: z
    .array(Blueprint)
    .default([])
    .superRefine((clusters, context) => unique(clusters, ["name"], context)),
}).strict();

/** Everything Nonet is told from outside. */
export interface Config {
  readonly linodeToken: Secret<string> | null;
  readonly linodeUrl: string;
  readonly stateDir: string;
  /** PostgreSQL instead of a file in `stateDir`. */
  readonly databaseUrl: Secret<string> | null;
  readonly scanFrom: string | null;
  readonly logLevel: string;
  readonly clusters: readonly Blueprint[];
  readonly whoMay: WhoMay;
}

/**
 * Reads environment and `nonet.yaml` (which may be absent). `commands` are all that a rule can be about.
 * @throws OpsError `bad_config` that lists every problem at once.
 */
export async function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  commands: readonly Command[],
): Promise<Config> {
  const environment = Environment.safeParse(env);
  const path = environment.data?.NONET_CONFIG ?? "nonet.yaml";
  const content = parseYaml(path, await readText(path)) ?? {};
  const file = File.safeParse(content);
  const whoMay = WhoMay.safeParse(content);
  const inFile = [...(file.error?.issues ?? []), ...(whoMay.success ? danglingNames(whoMay.data, commands) : [])];
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
  const { clusters, ...rest } = file.data;
  return {
    linodeToken: LINODE_TOKEN === undefined ? null : new Secret(LINODE_TOKEN),
    linodeUrl: LINODE_API_URL,
    stateDir: NONET_STATE_DIR ?? join(homedir(), ".local/state/nonet"),
    databaseUrl: DATABASE_URL === undefined ? null : new Secret(DATABASE_URL),
    scanFrom: NONET_SCAN_FROM ?? null,
    logLevel: NONET_LOG_LEVEL,
    clusters,
    whoMay: rest,
  };
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
