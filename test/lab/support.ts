import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "../../src/lab/hypervisor.ts";
import { readSettings, type Settings } from "../../src/lab/settings.ts";

const execute = promisify(execFile);

/** Runs a command of this machine and answers with its output; rejects when it fails. */
export async function host(command: string, ...args: string[]): Promise<string> {
  return (await execute(command, args, { timeout: 120_000 })).stdout;
}

/** Settings of a lab of its own, in a new folder and in whichever half of the address space is free. */
export async function ownSettings(): Promise<Settings> {
  const routes = await host("ip", "route");
  const net = routes.includes("198.18.0.0/16") ? "198.19" : "198.18";
  const folder = await mkdtemp("/var/tmp/lab-");
  return { ...readSettings({ ...process.env, NONET_LAB_DIR: join(folder, "state"), LAB_NET: net }), apiPort: 0 };
}

/** A key pair made by ssh-keygen. */
export interface KeyPair {
  readonly file: string;
  readonly private: string;
  readonly public: string;
}

export async function keyPair(folder: string, name: string): Promise<KeyPair> {
  const file = join(folder, name);
  await rm(file, { force: true });
  await host("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file);
  const [secret, open] = [await readFile(file, "utf8"), await readFile(`${file}.pub`, "utf8")];
  return { file, private: secret.trim(), public: open.trim() };
}

/** A machine as the API would hand it over, with node number `id` in its addresses. */
export function machine(net: string, id: number, role: string, login: KeyPair, hostKey: KeyPair): Machine {
  const raw = { id: id * 10 + 1, slot: "sdb", sizeMb: 64, content: "raw" as const };
  const image = { id: id * 10, slot: "sda", sizeMb: 81_920, content: "image" as const };
  const indented = hostKey.private.replaceAll("\n", "\n    ");
  const group = id.toString(16).padStart(2, "0");
  return {
    id,
    label: `test-${role}${String(id)}`,
    region: "us-ord",
    memoryMb: 4096,
    tags: [`ha:role=${role}`, `ha:node=${role}${String(id)}`],
    disks: [
      { ...image, authorizedKeys: [login.public], rootPassword: "correct horse" },
      ...(role === "nfs" ? [{ ...raw, authorizedKeys: [], rootPassword: null }] : []),
    ],
    interfaces: [
      {
        purpose: "public",
        mac: `f2:3c:95:00:00:${group}`,
        ipv4: [`${net}.0.${String(id)}`],
        ipv6: `fd98:${net.slice(4)}:0:0:f03c:95ff:fe00:${group}`,
      },
      { purpose: "vlan", mac: `92:de:00:00:00:${group}`, label: "test", ipamAddress: `10.10.0.${String(id)}/24` },
    ],
    userData: `#cloud-config\nssh_keys:\n  ed25519_private: |\n    ${indented}\n  ed25519_public: ${hostKey.public}\n`,
  };
}

/** Resolves with the first line sshd says at this address; keeps trying while nobody answers. */
export function sshdAnswers(address: string): Promise<string> {
  return new Promise((resolve) => {
    const dial = (): void => {
      const socket = connect({ host: address, port: 22 });
      const again = (): void => {
        socket.destroy();
        setTimeout(dial, 200);
      };
      socket.setTimeout(3000, again);
      socket.once("error", again);
      socket.once("data", (data) => {
        socket.destroy();
        resolve(data.toString().trim());
      });
    };
    dial();
  });
}

/** Runs a command over SSH with the given login, accepting exactly the given host key. */
export async function overSsh(address: string, login: KeyPair, hostKey: KeyPair, command: string): Promise<string> {
  const known = `${login.file}.known`;
  await writeFile(known, `${address} ${hostKey.public}\n`);
  const strict = ["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${known}`, "-o", "BatchMode=yes"];
  return host("ssh", "-F", "none", "-i", login.file, ...strict, `root@${address}`, command);
}
