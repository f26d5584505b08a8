import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { startApi, type LabApi } from "./api/server.ts";
import { defaultRegions, type Region } from "./api/catalog.ts";
import type { Image } from "./images.ts";
import { names, paths, writeLab, type Lab } from "./lab.ts";
import { realMachines } from "./machines.ts";
import { makeRouter } from "./network.ts";
import type { HostAbilities } from "./probe.ts";
import { bootId, processRef } from "./process.ts";
import type { Settings } from "./settings.ts";
import { startInLab } from "./start.ts";

/** A lab that runs in this process. */
export interface RunningLab {
  readonly lab: Lab;
  /** Ends the API; machines run on until the lab is taken down. */
  close(): Promise<void>;
}

/** Makes the networks, the package mirror and the API of a new lab. The state folder must hold no lab. */
export async function startLab(settings: Settings, image: Image, abilities: HostAbilities): Promise<RunningLab> {
  const { stateDir } = settings;
  const plan: Lab = {
    id: randomBytes(2).toString("hex"),
    net: settings.net,
    bootId: bootId(),
    daemon: processRef(process.pid),
    apiUrl: null,
  };
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  // The name is on record before anything carries it.
  await writeLab(stateDir, plan);
  const token = randomBytes(32).toString("hex");
  await writeFile(paths.token(stateDir), token, { mode: 0o600 });
  await makeRouter(plan);
  await startMirror(stateDir, plan, image);
  const api = await openApi(settings, plan, image, abilities, token);
  const lab = { ...plan, apiUrl: api.url };
  await writeLab(stateDir, lab);
  return { lab, close: () => api.close() };
}

async function startMirror(stateDir: string, lab: Lab, image: Image): Promise<void> {
  const script = new URL("packages-server.ts", import.meta.url).pathname;
  const inRouter = ["nsenter", `--net=/run/netns/${names.router(lab.id)}`];
  const command = [...inRouter, process.execPath, script, image.packages];
  await startInLab(lab, "packages", paths.packagesLog(stateDir), command);
}

function openApi(settings: Settings, lab: Lab, image: Image, abilities: HostAbilities, token: string): Promise<LabApi> {
  const hypervisor = realMachines({ settings, lab, image, abilities });
  const { stateDir, apiPort: port } = settings;
  return startApi({
    hypervisor,
    stateDir,
    port,
    token,
    regions: defaultRegions.map((region) => moved(region, lab.net)),
  });
}

/** The same region in this lab's part of the address space. */
function moved(region: Region, net: Lab["net"]): Region {
  const v4 = (text: string): string => text.replace(/^198\.18/, net);
  const v6 = (text: string): string => text.replace(/^fd98:18/, `fd98:${net.slice(4)}`);
  return {
    ...region,
    ipv4Prefix: v4(region.ipv4Prefix),
    ipv6Prefix: v6(region.ipv6Prefix),
    resolvers: { ipv4: region.resolvers.ipv4.map(v4), ipv6: region.resolvers.ipv6.map(v6) },
  };
}
