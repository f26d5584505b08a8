/** Where a network card of a machine is plugged in. */
export type MachineInterface =
  | {
      readonly purpose: "public";
      /** Colon-separated, lower case. Assigned by the API so that IPv6 and ARP stay the same over restarts. */
      readonly mac: string;
      readonly ipv4: readonly string[];
      /** SLAAC-like address without prefix length; the network is a /64. */
      readonly ipv6: string;
    }
  | {
      readonly purpose: "vlan";
      readonly mac: string;
      readonly label: string;
      /** CIDR such as `10.10.0.21/24`; the machine gets it at first boot, as Linode's Network Helper would give it. */
      readonly ipamAddress: string | null;
    };

/** A disk in the slot the boot configuration gives it (`sda`, `sdb` ...). */
export interface MachineDisk {
  readonly id: number;
  readonly slot: string;
  readonly sizeMb: number;
  /** `image`: a fresh copy of the operating system; `raw` and `swap`: empty. */
  readonly content: "image" | "raw" | "swap";
  /** Known on image disks only: who may log in as root at first boot. */
  readonly authorizedKeys: readonly string[];
  readonly rootPassword: string | null;
}

/** Everything the hypervisor must know to start a machine. Disks keep their content by `id` from boot to boot. */
export interface Machine {
  readonly id: number;
  readonly label: string;
  readonly region: string;
  readonly memoryMb: number;
  readonly tags: readonly string[];
  readonly disks: readonly MachineDisk[];
  readonly interfaces: readonly MachineInterface[];
  /** Decoded cloud-config (`#cloud-config` YAML), honoured at the first boot of an image disk. */
  readonly userData: string | null;
}

/**
 * What turns API state into machines. The API server owns all state that a customer can see (ids, labels, events);
 * a hypervisor owns processes, disks and networks. All calls are idempotent.
 */
export interface Hypervisor {
  readonly kind: "lab" | "simulated";
  /** Powers the machine on and resolves once it has been started (not once sshd answers). */
  boot(machine: Machine): Promise<void>;
  /** Asks the guest to shut down, and cuts the power when it has not done so within `graceMs`. */
  shutdown(id: number, graceMs: number): Promise<void>;
  /** Cuts the power at once. */
  powerOff(id: number): Promise<void>;
  /** Is the machine's process there? A machine that ended by itself (guest `poweroff`) is not running. */
  isRunning(id: number): Promise<boolean>;
  /** Removes disks that no machine uses any more. */
  deleteDisks(ids: readonly number[]): Promise<void>;
  /** Forgets the machine with its network cards; it must be off. */
  remove(id: number): Promise<void>;
}
