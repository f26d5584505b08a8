import { bad } from "./errors.ts";

/** A data centre of the lab and its public network. */
export interface Region {
  readonly id: string;
  readonly label: string;
  readonly country: string;
  /** First three bytes; the network is a /24 with the gateway at .1. */
  readonly ipv4Prefix: string;
  /** First four groups; the network is a /64. */
  readonly ipv6Prefix: string;
  readonly ipv6Gateway: string;
  readonly resolvers: { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] };
}

/** The two data centres of the lab. Names are those of real regions; the networks are the lab's own. */
export const defaultRegions: readonly Region[] = [
  {
    id: "us-ord",
    label: "Chicago, IL",
    country: "us",
    ipv4Prefix: "198.18.0",
    ipv6Prefix: "fd98:18:0:0",
    ipv6Gateway: "fe80::1",
    resolvers: { ipv4: ["198.18.0.1"], ipv6: ["fd98:18::1"] },
  },
  {
    id: "us-east",
    label: "Newark, NJ",
    country: "us",
    ipv4Prefix: "198.18.1",
    ipv6Prefix: "fd98:18:1:0",
    ipv6Gateway: "fe80::1",
    resolvers: { ipv4: ["198.18.1.1"], ipv6: ["fd98:18:1::1"] },
  },
];

/** What every core region offers (recorded 2026-07), as far as the lab has it. */
export const regionCapabilities = ["Linodes", "Vlans", "Metadata", "Placement Group"] as const;

/** A plan: sizes in MB, prices in US dollars. */
export interface PlanType {
  readonly id: string;
  readonly label: string;
  readonly class: "nanode" | "standard" | "dedicated";
  readonly memory: number;
  readonly disk: number;
  readonly vcpus: number;
  readonly transfer: number;
  readonly networkOut: number;
  readonly hourly: number;
  readonly monthly: number;
  readonly backupsHourly: number;
  readonly backupsMonthly: number;
}

function plan(
  id: string,
  label: string,
  size: [memoryGb: number, diskGb: number, vcpus: number, transfer: number],
  price: [hourly: number, monthly: number, backupsHourly: number, backupsMonthly: number],
): PlanType {
  const [memoryGb, diskGb, vcpus, transfer] = size;
  const [hourly, monthly, backupsHourly, backupsMonthly] = price;
  return {
    id,
    label,
    class: id.startsWith("g6-nanode") ? "nanode" : id.startsWith("g6-dedicated") ? "dedicated" : "standard",
    memory: memoryGb * 1024,
    disk: diskGb * 1024,
    vcpus,
    transfer,
    networkOut: transfer,
    hourly,
    monthly,
    backupsHourly,
    backupsMonthly,
  };
}

/** Shared and dedicated plans with the prices recorded in July 2024. */
export const planTypes: readonly PlanType[] = [
  plan("g6-nanode-1", "Nanode 1GB", [1, 25, 1, 1000], [0.0075, 5, 0.003, 2]),
  plan("g6-standard-1", "Linode 2GB", [2, 50, 1, 2000], [0.018, 12, 0.004, 2.5]),
  plan("g6-standard-2", "Linode 4GB", [4, 80, 2, 4000], [0.036, 24, 0.008, 5]),
  plan("g6-standard-4", "Linode 8GB", [8, 160, 4, 5000], [0.072, 48, 0.015, 10]),
  plan("g6-dedicated-2", "Dedicated 4GB", [4, 80, 2, 4000], [0.054, 36, 0.008, 5]),
  plan("g6-dedicated-4", "Dedicated 8GB", [8, 160, 4, 5000], [0.108, 72, 0.015, 10]),
];

/** Regions that cost more (recorded): factor on the list price. */
export const regionPriceFactors: Readonly<Record<string, number>> = { "id-cgk": 1.2, "br-gru": 1.4 };

/** An operating system that can be deployed; `size` in MB. */
export interface Image {
  readonly id: string;
  readonly label: string;
  readonly vendor: string;
  readonly size: number;
}

/** The lab builds real nodes of one system. */
export const images: readonly Image[] = [{ id: "linode/debian12", label: "Debian 12", vendor: "Debian", size: 1300 }];

/** Kernels a configuration may name. */
export const kernels = [
  { id: "linode/latest-64bit", label: "Latest 64 bit (6.15.7-x86_64-linode169)", version: "6.15.7" },
  { id: "linode/grub2", label: "GRUB 2", version: "2.06" },
  { id: "linode/direct-disk", label: "Direct Disk", version: "" },
] as const;

/** Throws the 400 as recorded when the lab has no such region. */
export function regionById(regions: readonly Region[], id: string): Region {
  const region = regions.find((candidate) => candidate.id === id);
  if (region === undefined) throw bad("region is not valid", "region");
  return region;
}
