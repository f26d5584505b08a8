import { describe, expect, it } from "vitest";
import { chooseKind, type HostAbilities } from "../../src/lab/probe.ts";
import type { Machine } from "../../src/lab/hypervisor.ts";
import { readSettings } from "../../src/lab/settings.ts";
import { readUserData } from "../../src/lab/userdata.ts";

function role(name: string): Machine {
  return {
    id: 1,
    label: "one",
    region: "us-ord",
    memoryMb: 1024,
    tags: [`ha:role=${name}`],
    disks: [],
    interfaces: [],
    userData: null,
  };
}

describe("user data", () => {
  it("gives keys, files and names", () => {
    const config = readUserData(
      "#cloud-config\nhostname: web1\nssh_keys: {ed25519_private: a, ed25519_public: b}\n" +
        "write_files:\n- {path: /etc/motd, content: aGk=, encoding: b64, permissions: '0600'}\n",
    );
    expect(config).toMatchObject({ hostname: "web1", ssh_keys: { ed25519_private: "a" }, ssh_authorized_keys: [] });
    expect(config.write_files).toEqual([{ path: "/etc/motd", content: "aGk=", encoding: "b64", permissions: "0600" }]);
  });

  it("takes nothing for an empty one", () => {
    expect(readUserData(null).ssh_authorized_keys).toEqual([]);
    expect(readUserData("#cloud-config\n").write_files).toEqual([]);
  });

  it.each([
    ["#!/bin/sh\nreboot", "must start with the line #cloud-config"],
    ["#cloud-config\nbootcmd: [reboot]", "bootcmd"],
    ["#cloud-config\ndisable_root: true", "disable_root"],
    ["#cloud-config\nwrite_files: [{path: etc/motd, content: x}]", "path"],
  ])("refuses what the lab does not do: %j", (text, part) => {
    expect(() => readUserData(text)).toThrow(part);
  });
});

describe("settings", () => {
  it("has a standard for everything", () => {
    expect(readSettings({})).toMatchObject({
      stateDir: "/var/lib/nonet-lab",
      packages: "image",
      nodes: "auto",
      apiPort: 8518,
    });
  });

  it.each([
    [{ LAB_NODES: "docker" }, 'LAB_NODES="docker"'],
    [{ LAB_NET: "10.0" }, 'LAB_NET="10.0"'],
    [{ LAB_VM_MEMORY: "lots" }, "LAB_VM_MEMORY"],
    [{ LAB_API_PORT: "0.5" }, "LAB_API_PORT"],
  ])("names the variable that is wrong: %j", (env, part) => {
    expect(() => readSettings(env)).toThrow(part);
  });
});

describe("kind of a machine", () => {
  const none: HostAbilities = { accelerator: "tcg", nfsClient: false, storage: false };
  const all: HostAbilities = { accelerator: "kvm", nfsClient: true, storage: true };
  it.each([
    ["nfs", none, "vm"],
    ["web", none, "vm"],
    ["db", none, "container"],
    ["nfs", all, "container"],
    ["web", { ...none, nfsClient: true }, "container"],
    ["nfs", { ...none, nfsClient: true }, "vm"],
  ] as const)("role %s with %o: %s", (name, abilities, kind) => {
    expect(chooseKind(role(name), "auto", abilities)).toBe(kind);
  });

  it("can be forced", () => {
    expect(chooseKind(role("nfs"), "container", none)).toBe("container");
    expect(chooseKind(role("lb"), "vm", all)).toBe("vm");
  });
});
