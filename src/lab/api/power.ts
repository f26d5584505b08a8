import type { Hypervisor, Machine, MachineDisk, MachineInterface } from "../hypervisor.ts";
import { planTypes, regionById } from "./catalog.ts";
import type { Region } from "./catalog.ts";
import { ApiError, bad, notFound } from "./errors.ts";
import { setStatus } from "./jobs.ts";
import type { Job, Jobs } from "./jobs.ts";
import { publicMac, slaac, vlanMac } from "./network.ts";
import { deviceSlots } from "./state.ts";
import type { ConfigRecord, EntityRecord, LinodeRecord } from "./state.ts";
import type { Store } from "./store.ts";

/** How long a guest may take to shut down before its power is cut. The longest that is documented is two minutes. */
const shutdownGraceMs = 90_000;
/** The watchdog gives up after this many boots in a quarter of an hour (documented). */
const lassieBoots = 5;
const lassieWindowMs = 15 * 60_000;

function configEntity(linode: LinodeRecord, config: ConfigRecord): EntityRecord {
  const url = `/v4/linode/instances/${String(linode.id)}/configs/${String(config.id)}`;
  return { id: config.id, type: "linode_config", label: config.label, url };
}

/** Turns Linodes on and off, and keeps them on. */
export class Power {
  readonly #store: Store;
  readonly #jobs: Jobs;
  readonly #hypervisor: Hypervisor;
  readonly #regions: readonly Region[];

  constructor(store: Store, jobs: Jobs, hypervisor: Hypervisor, regions: readonly Region[]) {
    this.#store = store;
    this.#jobs = jobs;
    this.#hypervisor = hypervisor;
    this.#regions = regions;
  }

  /** The configuration to boot: the one asked for, else that of the last boot, else the first. Throws 404 or 400. */
  chooseConfig(linode: LinodeRecord, configId: number | null): ConfigRecord {
    const configs = this.#store.configsOf(linode.id);
    if (configId !== null) {
      const chosen = configs.find((config) => config.id === configId);
      if (chosen === undefined) throw notFound();
      return chosen;
    }
    const config = configs.find((candidate) => candidate.id === linode.bootedConfig) ?? configs[0];
    if (config === undefined) throw bad("There are no configs for this Linode.");
    return config;
  }

  /** A job that boots the Linode, whatever it does now. */
  bootJob(linode: LinodeRecord, config: ConfigRecord, action = "linode_boot"): Job {
    return {
      action,
      secondary: configEntity(linode, config),
      work: async (progress) => {
        setStatus(linode, action === "linode_reboot" ? "rebooting" : "booting");
        linode.wanted = true;
        try {
          progress(10);
          if (action === "linode_reboot") await this.#hypervisor.shutdown(linode.id, shutdownGraceMs);
          progress(40);
          await this.#hypervisor.boot(this.machine(linode, config));
          linode.bootedConfig = config.id;
          setStatus(linode, "running");
        } catch (error) {
          setStatus(linode, (await this.#hypervisor.isRunning(linode.id)) ? "running" : "offline");
          throw error;
        }
      },
    };
  }

  shutdownJob(linode: LinodeRecord): Job {
    return {
      action: "linode_shutdown",
      work: async (progress) => {
        setStatus(linode, "shutting_down");
        linode.wanted = false;
        progress(10);
        try {
          await this.#hypervisor.shutdown(linode.id, shutdownGraceMs);
        } finally {
          setStatus(linode, (await this.#hypervisor.isRunning(linode.id)) ? "running" : "offline");
        }
      },
    };
  }

  /** Makes the state agree with the machines that are there. Called at start, when no job runs. */
  async settle(): Promise<void> {
    for (const event of this.#store.state.events)
      if (event.status === "scheduled" || event.status === "started") event.status = "failed";
    for (const disk of this.#store.state.disks) disk.status = "ready";
    for (const linode of this.#store.state.linodes) {
      if (linode.status === "deleting") continue;
      // One that was meant to run and does not is booted by the watchdog.
      setStatus(linode, (await this.#hypervisor.isRunning(linode.id)) ? "running" : "offline");
    }
    this.#store.commit();
  }

  /** Is it really on? The status of one that ended by itself is corrected. */
  async refresh(linode: LinodeRecord): Promise<void> {
    if (linode.status !== "running" || this.#jobs.busy(linode.id)) return;
    if (!(await this.#hypervisor.isRunning(linode.id)) && linode.status === "running" && !this.#jobs.busy(linode.id))
      setStatus(linode, "offline");
  }

  /** One round of the watchdog ("Lassie"): boots what went off without being asked to. */
  async watch(poweredOff: readonly number[]): Promise<void> {
    for (const linode of this.#store.state.linodes) {
      if (this.#jobs.busy(linode.id) || linode.bootedConfig === null || linode.status === "deleting") continue;
      if (!(linode.wanted && linode.watchdogEnabled) || poweredOff.includes(linode.id)) continue;
      // A hypervisor that cannot say is asked again in the next round.
      if (await this.#hypervisor.isRunning(linode.id).catch(() => true)) continue;
      const time = Date.now();
      linode.lassieBoots = linode.lassieBoots.filter((boot) => boot > time - lassieWindowMs);
      const config = this.#store.configsOf(linode.id).find((candidate) => candidate.id === linode.bootedConfig);
      if (config === undefined || linode.lassieBoots.length >= lassieBoots || this.#jobs.busy(linode.id)) continue;
      linode.lassieBoots.push(time);
      this.#jobs.start(linode, this.bootJob(linode, config, "lassie_reboot"));
    }
  }

  /** What the hypervisor must know to boot it. Throws 400 when the configuration cannot be booted. */
  machine(linode: LinodeRecord, config: ConfigRecord): Machine {
    const type = planTypes.find((plan) => plan.id === linode.type);
    if (type === undefined) throw new ApiError(400, [{ reason: "type is not valid", field: "type" }]);
    return {
      id: linode.id,
      label: linode.label,
      region: linode.region,
      memoryMb: type.memory,
      tags: linode.tags,
      disks: this.#disks(config),
      interfaces: this.#interfaces(linode, config),
      userData: linode.userData === null ? null : Buffer.from(linode.userData, "base64").toString("utf8"),
    };
  }

  #disks(config: ConfigRecord): MachineDisk[] {
    return deviceSlots.flatMap((slot): MachineDisk[] => {
      const disk = this.#store.state.disks.find((candidate) => candidate.id === config.devices[slot]);
      if (disk === undefined) return [];
      const content = disk.image !== null ? "image" : disk.filesystem === "swap" ? "swap" : "raw";
      const { id, sizeMb, authorizedKeys, rootPassword } = disk;
      return [{ id, slot, sizeMb, content, authorizedKeys, rootPassword }];
    });
  }

  #interfaces(linode: LinodeRecord, config: ConfigRecord): MachineInterface[] {
    const region = regionById(this.#regions, linode.region);
    const mac = publicMac(linode.id);
    const open: MachineInterface = {
      purpose: "public",
      mac,
      ipv4: this.#store.addressesOf(linode.id),
      ipv6: slaac(region.ipv6Prefix, mac),
    };
    if (config.interfaces.length === 0) return [open];
    return config.interfaces.map((entry): MachineInterface => {
      if (entry.purpose === "public") return open;
      const label = entry.label ?? "";
      const ipamAddress = entry.ipamAddress === "" ? null : entry.ipamAddress;
      return { purpose: "vlan", mac: vlanMac(linode.id, label), label, ipamAddress };
    });
  }
}
