import { readdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLab, type RunningLab } from "../../src/lab/daemon.ts";
import { faultFillDisk, faultIsolate, faultPowerOff, faultSlow, heal } from "../../src/lab/faults.ts";
import { runInside } from "../../src/lab/guest.ts";
import type { Hypervisor, Machine } from "../../src/lab/hypervisor.ts";
import { ensureImage } from "../../src/lab/images.ts";
import { readMachine, type MachineRecord } from "../../src/lab/lab.ts";
import { realMachines } from "../../src/lab/machines.ts";
import { uplink } from "../../src/lab/network.ts";
import { ensureHostPackages, probeAbilities, whyNoLab } from "../../src/lab/probe.ts";
import type { Settings } from "../../src/lab/settings.ts";
import type { Outcome } from "../../src/lab/shell.ts";
import { teardown } from "../../src/lab/teardown.ts";
import { host, keyPair, machine, overSsh, ownSettings, sshdAnswers, type KeyPair } from "./support.ts";

const reason = await whyNoLab();
if (reason !== null) console.log(`lab tests are skipped: ${reason}`);

// The name that Linode gives its disks, too.
const secondDisk = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_drive-scsi-disk-1";
const say = (line: string): void => console.log(line);

function address(of: Machine): string {
  const [first] = of.interfaces;
  return first?.purpose === "public" ? (first.ipv4[0] ?? "") : "";
}

describe.skipIf(reason !== null)("real machines", () => {
  let settings: Settings;
  let down = false;
  let running: RunningLab;
  let hypervisor: Hypervisor;
  let login: KeyPair;
  let hostKey: KeyPair;
  let container: Machine;
  let vm: Machine;

  const record = async (of: Machine): Promise<MachineRecord> => {
    const found = await readMachine(settings.stateDir, of.id);
    if (found === null) throw new Error(`${of.label} is not on record`);
    return found;
  };
  const inside = async (of: Machine, ...command: string[]): Promise<Outcome> =>
    runInside(settings.stateDir, await record(of), command);

  beforeAll(async () => {
    settings = await ownSettings();
    await ensureHostPackages(say);
    const image = await ensureImage(settings, say);
    const abilities = await probeAbilities(settings, image, say);
    running = await startLab(settings, image, abilities);
    hypervisor = realMachines({ settings, lab: running.lab, image, abilities });
    const folder = dirname(settings.stateDir);
    [login, hostKey] = [await keyPair(folder, "login"), await keyPair(folder, "host")];
    container = machine(settings.net, 20, "lb", login, hostKey);
    vm = { ...machine(settings.net, 30, "nfs", login, hostKey) };
    await Promise.all([container, vm].map((one) => hypervisor.boot(one)));
    await Promise.all([container, vm].map((one) => sshdAnswers(address(one))));
  });

  afterAll(async () => {
    if (!down) {
      await running.close();
      await teardown(settings.stateDir, { keepDaemon: true });
    }
    await rm(dirname(settings.stateDir), { recursive: true });
  });

  it.each(["container", "vm"] as const)(
    "lets in the key that was handed over, with the host key of user data: %s",
    async (kind) => {
      const one = kind === "vm" ? vm : container;
      expect((await record(one)).kind).toBe(kind);
      expect((await overSsh(address(one), login, hostKey, "hostname; systemctl is-system-running --wait")).trim()).toBe(
        `${one.label}\nrunning`,
      );
    },
  );

  it("gives every machine an identity of its own and no service but sshd", async () => {
    const [first, second] = [
      await inside(container, "cat", "/etc/machine-id"),
      await inside(vm, "cat", "/etc/machine-id"),
    ];
    expect(first.stdout).toMatch(/^[0-9a-f]{32}\n$/);
    expect(second.stdout).not.toBe(first.stdout);
    const listening = (await inside(container, "ss", "-Hltn")).stdout.trim().split("\n");
    expect(listening.every((line) => /[:\]]:?22\s/.test(line))).toBe(true);
  });

  it("has DRBD, the NFS server and an empty disk in a virtual machine", async () => {
    expect((await inside(vm, "modprobe", "-a", "drbd", "nfsd", "softdog")).code).toBe(0);
    expect((await inside(vm, "lsblk", "-bdno", "SIZE", secondDisk)).stdout.trim()).toBe(String(64 * 1024 * 1024));
  });

  it("carries VLAN and public traffic between machines, and none out of the lab", async () => {
    expect((await inside(container, "ping", "-c1", "-W5", "10.10.0.30")).code).toBe(0);
    expect(
      (
        await inside(
          vm,
          "ping",
          "-c1",
          "-W5",
          "-6",
          "fd98:18:0:0:f03c:95ff:fe00:14".replace("18", settings.net.slice(4)),
        )
      ).code,
    ).toBe(0);
    const outside = (await host("ip", "-4", "-o", "address", "show", "scope", "global")).match(
      /inet (?!198\.1[89])[\d.]+/,
    )?.[0];
    expect(outside).toBeDefined();
    const out = await inside(container, "ping", "-c1", "-W2", (outside ?? "").slice(5));
    expect(out.stdout).toContain("Net Unreachable");
  });

  it("lets a stranger from the internet in as far as the firewall does", async () => {
    const { stranger } = uplink(settings.net);
    await host("ping", "-c1", "-W5", "-I", stranger, address(container));
    await inside(container, "iptables", "-A", "INPUT", "-s", stranger, "-j", "DROP");
    await expect(host("ping", "-c1", "-W1", "-I", stranger, address(container))).rejects.toThrow("Command failed");
    await inside(container, "iptables", "-F");
  });

  it("installs a package from the lab's own mirror", async () => {
    expect((await inside(container, "which", "tree")).code).not.toBe(0);
    await overSsh(address(container), login, hostKey, "apt-get -qq update && apt-get -qq install -y tree");
    expect((await inside(container, "tree", "--version")).code).toBe(0);
  });

  it("passes the exit code of a command on", async () => {
    expect((await inside(container, "sh", "-c", "exit 7")).code).toBe(7);
    expect((await inside(vm, "sh", "-c", "exit 7")).code).toBe(7);
  });

  it.each(["container", "vm"] as const)("cuts off, slows and fills, and heals again: %s", async (kind) => {
    const one = kind === "vm" ? vm : container;
    const ping = (): Promise<string> => host("ping", "-c2", "-W2", "-q", address(one));
    await faultIsolate(settings.stateDir, running.lab, await record(one));
    await expect(ping()).rejects.toThrow("Command failed");
    expect((await inside(one, "true")).code).toBe(0);
    await heal(settings.stateDir, running.lab, await record(one), true);
    await faultSlow(settings.stateDir, running.lab, await record(one), { ms: 150, loss: 0 });
    await sshdAnswers(address(one));
    const fastest = Number(/= ([\d.]+)\//.exec(await ping())?.[1]);
    expect(fastest).toBeGreaterThanOrEqual(300);
    await faultFillDisk(settings.stateDir, await record(one));
    expect((await inside(one, "sh", "-c", "head -c 1000000 /dev/zero >/root/more")).code).not.toBe(0);
    await heal(settings.stateDir, running.lab, await record(one), true);
    await sshdAnswers(address(one));
    expect((await inside(one, "sh", "-c", "head -c 1000000 /dev/zero >/root/more")).code).toBe(0);
    await expect(ping()).resolves.toContain(" 0% packet loss");
  });

  it("keeps disks over a power cut and a shutdown, and notices a machine that ends by itself", async () => {
    await inside(container, "sh", "-c", "echo kept >/root/kept");
    await faultPowerOff(settings.stateDir, await record(container));
    expect(await hypervisor.isRunning(container.id)).toBe(false);
    await hypervisor.boot(container);
    await sshdAnswers(address(container));
    expect((await inside(container, "cat", "/root/kept")).stdout).toBe("kept\n");
    await inside(container, "systemctl", "poweroff");
    await expect.poll(() => hypervisor.isRunning(container.id), { timeout: 60_000 }).toBe(false);
    await hypervisor.shutdown(vm.id, 60_000);
    expect(await hypervisor.isRunning(vm.id)).toBe(false);
    await hypervisor.boot(vm);
    await sshdAnswers(address(vm));
    expect((await inside(vm, "stat", "/root/more")).code).toBe(0);
  });

  it("forgets a machine that is removed", async () => {
    await hypervisor.powerOff(container.id);
    await hypervisor.remove(container.id);
    await hypervisor.deleteDisks(container.disks.map(({ id }) => id));
    expect(await readdir(`${settings.stateDir}/disks`)).not.toContain("200");
    expect(await host("ip", "netns", "list")).not.toContain(`nl${running.lab.id}-20`);
  });

  it("leaves nothing behind", async () => {
    await running.close();
    expect(await teardown(settings.stateDir, { keepDaemon: true })).toBe(true);
    down = true;
    expect(await readdir(dirname(settings.stateDir))).not.toContain("state");
    const traces = [
      await host("ip", "netns", "list"),
      await host("ip", "link"),
      await host("ip", "route"),
      await host("findmnt", "-rno", "TARGET,SOURCE"),
      await host("losetup", "-a"),
      await host("find", "/sys/fs/cgroup", "-maxdepth", "2", "-name", "nonet-lab-*"),
      await host("ps", "-eo", "args"),
    ].join("\n");
    expect(traces).not.toContain(`nl${running.lab.id}`);
    expect(traces).not.toContain(`nonet-lab-${running.lab.id}`);
    expect(traces).not.toContain(settings.stateDir);
  });
});
