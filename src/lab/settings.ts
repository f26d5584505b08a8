import { resolve } from "node:path";
import { LabError } from "./shell.ts";

/** Whether nodes come with the packages of every role, or bare with the packages on the lab's own mirror. */
export type PackagesMode = "image" | "mirror";

/** How machines are made; `auto` takes what the host allows and the machine needs. */
export type NodesMode = "auto" | "container" | "vm";

/** All switches of the lab, read from the environment once. */
export interface Settings {
  readonly stateDir: string;
  readonly cacheDir: string;
  readonly packages: PackagesMode;
  readonly nodes: NodesMode;
  /** First two bytes of every public address of this lab; 198.18 and 198.19 are set aside for tests (RFC 2544). */
  readonly net: "198.18" | "198.19";
  readonly apiPort: number;
  /** Most memory a virtual machine gets, whatever its plan says. */
  readonly vmMemoryMb: number;
  /** Most space the root disk of a machine gets, whatever its plan says. */
  readonly rootDiskMb: number;
}

/** Reads the switches. Throws `LabError` with the name of the variable and the values it may have. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const net = oneOf(env, "LAB_NET", ["198.18", "198.19"]);
  return {
    stateDir: resolve(env["NONET_LAB_DIR"] ?? "/var/lib/nonet-lab"),
    cacheDir: resolve(env["NONET_LAB_CACHE"] ?? "/var/cache/nonet-lab"),
    packages: oneOf(env, "LAB_PACKAGES", ["image", "mirror"]),
    nodes: oneOf(env, "LAB_NODES", ["auto", "container", "vm"]),
    net,
    apiPort: wholeNumber(env, "LAB_API_PORT", net === "198.18" ? 8518 : 8519, 1, 65_535),
    vmMemoryMb: wholeNumber(env, "LAB_VM_MEMORY", 768, 384, 65_536),
    rootDiskMb: wholeNumber(env, "LAB_ROOT_DISK", 4096, 3072, 1_048_576),
  };
}

type Env = Readonly<Record<string, string | undefined>>;

function oneOf<const T extends string>(env: Env, name: string, values: readonly [T, ...T[]]): T {
  const value = env[name];
  if (value === undefined || value === "") return values[0];
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new LabError(`${name}="${value}" is not known. Use one of: ${values.join(", ")}.`);
  return found;
}

function wholeNumber(env: Env, name: string, standard: number, least: number, most: number): number {
  const value = env[name];
  if (value === undefined || value === "") return standard;
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new LabError(`${name}="${value}" must be a whole number from ${String(least)} to ${String(most)}.`);
}
