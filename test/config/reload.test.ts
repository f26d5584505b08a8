import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig, reload } from "../../src/main/reload.ts";

const before = `
people:
  - { name: alice, slack: U1, roles: [admin] }
  - { name: bob, slack: U2, roles: [viewer] }
roles:
  builder: [{ allow: [cluster build] }]
clusters:
  - { name: prod, operators: [198.51.100.7/32] }
`;
const after = `
people:
  - { name: bob, slack: U2, roles: [viewer, operator on staging] }
  - { name: carol, slack: U3 }
roles:
  builder: [{ allow: [cluster build], clusters: [staging] }]
channels:
  - { name: ops, slack: C1 }
notify:
  - { channel: ops, on: [failed] }
clusters:
  - { name: prod, operators: [198.51.100.7/32] }
  - { name: staging, operators: [198.51.100.7/32] }
`;

let path: string;
const open = () => liveConfig(() => readConfig({ NONET_CONFIG: path }, commands));
const log = () => {
  const lines: string[] = [];
  const note = (level: string) => (_context: object, message: string) => void lines.push(`${level} ${message}`);
  return { lines, info: note("info"), error: note("error") };
};

beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), "nonet-reload-")), "nonet.yaml");
  await writeFile(path, before);
});

it("takes over what is valid, saves its blueprints, and says what changed", async () => {
  const live = await open();
  const { lines, ...rest } = log();
  const saved: string[] = [];
  await writeFile(path, after);
  const text = await reload(
    live,
    async () => void saved.push(...live.current().clusters.map(({ name }) => name)),
    rest,
  );
  expect(text).toBe(
    "New configuration: people: alice removed, bob changed, and carol added; roles: builder changed; channels: ops added; clusters: staging added; notify: ops added.",
  );
  expect(lines).toEqual([`info ${text}`]);
  expect(saved).toEqual(["prod", "staging"]);
  expect(live.current().whoMay.people.map(({ name }) => name)).toEqual(["bob", "carol"]);
  expect(await reload(live, async () => undefined, rest)).toBe("Nothing changed in the configuration.");
  // A channel may have several entries.
  await writeFile(path, after.replace("on: [failed] }", "on: [failed] }\n  - { channel: ops, on: [glass] }"));
  expect(await reload(live, async () => undefined, rest)).toBe("New configuration: notify: ops changed.");
  await writeFile(path, after);
  expect(await reload(live, async () => undefined, rest)).toBe("New configuration: notify: ops changed.");
  await writeFile(path, `${after}extensions: ./other\n`);
  expect(await reload(live, async () => undefined, rest)).toBe(
    "New configuration: extensions: the others hold from the next start on.",
  );
});

it.each([
  ["a mistake", "people: [{ name: alice, slack: U1, roles: [oprator] }]", "there is no role oprator"],
  ["no YAML", "people: [", "is not YAML"],
])("keeps everything as it was when the file has %s, and says so", async (_what, text, problem) => {
  const live = await open();
  const old = live.current();
  const { lines, ...rest } = log();
  await writeFile(path, text);
  const said = await reload(live, () => Promise.reject(new Error("nothing may be saved")), rest);
  expect(said).toMatch(/^The configuration stays as it was\. /);
  expect(said).toContain(problem);
  expect(lines).toEqual([`error ${said}`]);
  expect(live.current()).toBe(old);
});

it("takes a right away even when the store cannot save", async () => {
  const live = await open();
  await writeFile(path, after);
  const said = await reload(live, () => Promise.reject(new Error("disk full")), log());
  expect(said).toMatch(/^The new configuration holds, but its blueprints could not be saved\..*disk full/);
  expect(live.current().whoMay.people.map(({ name }) => name)).not.toContain("alice");
});

it("ends with what was read last, after a failure as well", async () => {
  const live = await open();
  await writeFile(path, "people: [");
  await expect(live.reload()).rejects.toThrow("not YAML");
  await writeFile(path, after);
  await Promise.all([live.reload(), live.reload()]);
  expect(live.current().clusters).toHaveLength(2);
});
