import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { Blueprint } from "../core/cluster.ts";
import { OpsError } from "../core/errors.ts";
import { Secret } from "../core/secret.ts";
import { startApi } from "../lab/api/server.ts";
import { readLab } from "../lab/lab.ts";
import { uplink } from "../lab/network.ts";
import { whyNoLab } from "../lab/probe.ts";
import { isAlive } from "../lab/process.ts";
import { readSettings } from "../lab/settings.ts";
import { LabError } from "../lab/shell.ts";
import { simulatedHypervisor } from "../lab/simulated.ts";
import { teardown } from "../lab/teardown.ts";
import { labUp, type LabAccess } from "../lab/up.ts";

/** Where the demo builds: the lab's real machines, or an API whose machines exist only in memory. */
export interface World {
  readonly kind: "lab" | "simulated";
  /** Why it is not the lab; `null` when it is. */
  readonly reason: string | null;
  readonly token: Secret<string>;
  readonly apiUrl: string;
  /** The bot's own address, as nodes see it. */
  readonly operator: string;
  /** An address of this machine that the nodes' firewalls know nothing of. */
  readonly stranger: string;
  /** Takes everything down. */
  remove(): Promise<void>;
}

/** What a bot has to know to build the cluster `demo` in a world. */
export const configIn = ({
  token,
  apiUrl,
  stranger,
  operator,
}: World): Pick<Config, "linodeToken" | "linodeUrl" | "scanFrom" | "clusters"> => ({
  linodeToken: token,
  linodeUrl: apiUrl,
  scanFrom: stranger,
  clusters: [Blueprint.parse({ name: "demo", operators: [`${operator}/32`] })],
});

/** The lab where it can run (one that runs already is used as it is), simulated machines elsewhere. */
export async function openWorld(simulate: boolean, say: (line: string) => void): Promise<World> {
  const reason = simulate ? "Simulated nodes were asked for." : await whyNoLab();
  return reason === null ? labWorld(say) : simulatedWorld(reason);
}

async function labWorld(say: (line: string) => void): Promise<World> {
  const settings = readSettings(process.env);
  const running = await readLab(settings.stateDir);
  const access: Pick<LabAccess, "apiUrl" | "tokenFile"> =
    running?.apiUrl && isAlive(running.daemon)
      ? { apiUrl: running.apiUrl, tokenFile: join(settings.stateDir, "token") }
      : await labUp(settings, say).catch((error: unknown) => {
          throw error instanceof LabError ? new OpsError({ code: "lab", message: error.message }) : error;
        });
  const { operator, stranger } = uplink(settings.net);
  return {
    kind: "lab",
    reason: null,
    token: new Secret((await readFile(access.tokenFile, "utf8")).trim()),
    apiUrl: access.apiUrl,
    operator,
    stranger,
    remove: async () => void (await teardown(settings.stateDir)),
  };
}

async function simulatedWorld(reason: string): Promise<World> {
  const stateDir = await mkdtemp(join(tmpdir(), "nonet-simulated-"));
  const token = "simulated";
  const api = await startApi({ hypervisor: simulatedHypervisor(), stateDir, port: 0, token, stageMs: 50 });
  return {
    kind: "simulated",
    reason,
    token: new Secret(token),
    apiUrl: api.url,
    operator: "198.18.254.2",
    stranger: "198.18.254.3",
    async remove() {
      await api.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
