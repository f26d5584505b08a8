import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { submit } from "../../src/chat/console/client.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { Blueprint } from "../../src/core/cluster.ts";
import type { Result } from "../../src/core/playbook.ts";
import { Secret } from "../../src/core/secret.ts";
import { startApi } from "../../src/lab/api/server.ts";
import type { Hypervisor } from "../../src/lab/hypervisor.ts";
import { simulatedHypervisor } from "../../src/lab/simulated.ts";
import { owner, socketPath } from "../../src/main/bot.ts";
import { commands } from "../../src/main/registry.ts";

/** As long and as odd as a real one, so that it can be searched for. */
const token = "5f0c2d7e9b1a44c2a7d3e8f1b6c09d52aa";

/** A Linode API with simulated machines, which outlives the bots that use it. */
export interface Bench {
  readonly token: string;
  readonly apiUrl: string;
  readonly stateDir: string;
  close(): Promise<void>;
}

export async function openBench(hypervisor: Hypervisor = simulatedHypervisor()): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), "nonet-bench-"));
  const api = await startApi({ hypervisor, stateDir: join(dir, "api"), port: 0, token, stageMs: 20 });
  return {
    token,
    apiUrl: api.url,
    stateDir: join(dir, "state"),
    async close() {
      await api.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A bot on a bench: every line is logged, and HTTP answers on a free port. */
export async function benchConfig({ apiUrl, stateDir }: Pick<Bench, "apiUrl" | "stateDir">): Promise<Config> {
  return {
    ...(await readConfig({ NONET_CONFIG: "/nonexistent", NONET_LOG_LEVEL: "debug" }, commands)),
    stateDir,
    linodeToken: new Secret(token),
    linodeUrl: apiUrl,
    scanFrom: "198.18.254.3",
    http: { host: "127.0.0.1", port: 0 },
    clusters: [Blueprint.parse({ name: "demo", operators: ["198.18.254.2/32"] })],
  };
}

/** Types a command at the console of a bot and approves what it asks. */
export async function type(stateDir: string, text: string): Promise<Result> {
  const ask = (card: Parameters<Parameters<typeof submit>[3]["ask"]>[0]) =>
    Promise.resolve(card.question?.approveWith ?? null);
  const { result } = await submit(socketPath(stateDir), text, owner, { card: () => undefined, ask });
  return result;
}

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>>;

/** What a bot has logged, in order. */
export function logOf(stateDir: string): Line[] {
  const text = readFileSync(join(stateDir, "nonet.log"), "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
