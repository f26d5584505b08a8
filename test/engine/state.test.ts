import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { Blueprint, type Inventory } from "../../src/core/cluster.ts";
import { Secret } from "../../src/core/secret.ts";
import { newKeyPair } from "../../src/engine/sshkeys.ts";
import { openState, type Place } from "../../src/engine/state.ts";
import { pending } from "../../src/engine/store/migrations.ts";
import { freshDir } from "./fixture.ts";

/** Part of OpenSSH, not of this project. */
const sshKeygen = "ssh-keygen";
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const blueprint = (parts: object = {}) => Blueprint.parse({ name: "demo", operators: ["198.18.0.1/32"], ...parts });

const place = (stateDir: string): Place => ({ stateDir, databaseUrl: null });

/** Every plain secret in it. */
function plain(value: unknown): string[] {
  if (value instanceof Secret) return [String(value.reveal())];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(plain) : [];
}

test("secrets are made once, stay the same, and are nowhere in the files in plain", async () => {
  const dir = freshDir();
  const first = await openState(place(dir), {});
  const [secrets, twice] = await Promise.all([first.vault.secrets("demo"), first.vault.secrets("demo")]);
  const host = await first.vault.hostKey("demo", "db1");
  const bot = await first.vault.botKey();
  const all = plain([secrets, host, bot]);
  expect(plain(twice)).toEqual(plain(secrets));
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(5 + 3 + 3 + 6 + 2);
  const lines = all
    .flatMap((secret) => secret.split("\n"))
    .filter((line) => line.length > 8 && !line.startsWith("-----"));
  for (const file of readdirSync(dir)) {
    const content = readFileSync(join(dir, file), "latin1");
    expect({ file, found: lines.filter((line) => content.includes(line)) }).toEqual({ file, found: [] });
  }
  await first.close();
  const second = await openState(place(dir), {});
  expect(plain(await second.vault.secrets("demo"))).toEqual(plain(secrets));
  expect(await second.vault.hostKey("demo", "db1")).toEqual(host);
  expect((await second.vault.hostKey("demo", "db2")).publicKey).not.toBe(host.publicKey);
  expect(plain(await second.vault.botKey())).toEqual(plain(bot));
  await second.vault.forget("demo");
  expect(plain(await second.vault.secrets("demo"))).not.toEqual(plain(secrets));
  expect((await second.vault.botKey()).publicKey).toBe(bot.publicKey);
  await second.close();
});

test("certificates carry the names corosync asks for and are signed by the cluster's own authority", async () => {
  const state = await openState(place(freshDir()), {});
  await state.clusters.configure(blueprint({ site: { domains: ["www.example.org", "example.org"] } }));
  const { authority, qnetd, qdevice, site } = await state.vault.secrets("demo");
  const ca = new X509Certificate(authority.certificate);
  expect(ca.ca).toBe(true);
  const names: [typeof qnetd, string][] = [
    [qnetd, "CN=Qnetd Server"],
    [qdevice.db, "CN=demo-db"],
    [qdevice.nfs, "CN=demo-nfs"],
    [site, "CN=www.example.org"],
  ];
  for (const [made, subject] of names) {
    const certificate = new X509Certificate(made.certificate);
    expect(certificate.subject).toBe(subject);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(made.fingerprint);
  }
  expect(new X509Certificate(site.certificate).subjectAltName).toBe("DNS:www.example.org, DNS:example.org");
  await state.close();
});

test("SSH keys are what OpenSSH and ssh2 read", (context) => {
  const { publicKey, privateKey } = newKeyPair();
  const parsed = ssh2.utils.parseKey(privateKey.reveal());
  if (parsed instanceof Error) throw parsed;
  expect(`ssh-ed25519 ${parsed.getPublicSSH().toString("base64")}`).toBe(publicKey);
  if (spawnSync(sshKeygen, ["-?"]).error !== undefined) context.skip("ssh-keygen is not installed");
  const file = join(freshDir(), "key");
  writeFileSync(file, privateKey.reveal(), { mode: 0o600 });
  expect(execFileSync(sshKeygen, ["-y", "-f", file], { encoding: "utf8" }).trim()).toBe(publicKey);
});

test("the key comes from the environment, else a systemd credential, else a private file made at first start", async () => {
  const hex = "ab".repeat(32);
  const credentials = freshDir();
  mkdirSync(join(credentials, "c"));
  writeFileSync(join(credentials, "c", "nonet-key"), `${hex}\n`);
  const sources: { source: string; made: boolean; dir: string }[] = [];
  for (const env of [{ NONET_KEY: hex }, { CREDENTIALS_DIRECTORY: join(credentials, "c") }, {}]) {
    const dir = freshDir();
    const state = await openState(place(dir), env);
    const files = readdirSync(dir);
    for (const file of files) expect(`${file} ${mode(join(dir, file))}`).toBe(`${file} 600`);
    await state.close();
    sources.push({ source: state.keySource, made: files.includes("nonet.key"), dir });
  }
  expect(sources.map(({ made }) => made)).toEqual([false, false, true]);
  expect(sources[0]?.source).toContain("NONET_KEY");
  expect(sources[1]?.source).toContain("nonet-key");
  const dir = sources[2]?.dir ?? "";
  expect(sources[2]?.source).toContain(join(dir, "nonet.key"));
});

test("a wrong, malformed or lost key is refused at start", async () => {
  const dir = freshDir();
  await (await openState(place(dir), {})).close();
  const opening = (env: NodeJS.ProcessEnv) => () => openState(place(dir), env);
  await expect(opening({ NONET_KEY: "cd".repeat(32) })()).rejects.toThrow(
    expect.objectContaining({ code: "wrong_key" }),
  );
  await expect(opening({ NONET_KEY: "secret" })()).rejects.toThrow(expect.objectContaining({ code: "bad_key" }));
  rmSync(join(dir, "nonet.key"));
  await expect(opening({})()).rejects.toThrow(expect.objectContaining({ code: "key_missing" }));
});

test("a store of a newer Nonet is left alone", async () => {
  const dir = freshDir();
  await (await openState(place(dir), {})).close();
  const sql = new DatabaseSync(join(dir, "nonet.db"));
  sql.exec("pragma user_version = 99");
  sql.close();
  await expect(openState(place(dir), {})).rejects.toThrow(expect.objectContaining({ code: "store_too_new" }));
});

test("a folder that cannot be used is named", async () => {
  const file = join(freshDir(), "file");
  writeFileSync(file, "");
  await expect(openState(place(join(file, "state")), {})).rejects.toThrow(
    expect.objectContaining({ code: "store_unusable", message: expect.stringContaining(file) }),
  );
});

test("blueprints are versioned, inventories are replaced, both are forgotten", async () => {
  const state = await openState(place(freshDir()), {});
  const { clusters } = state;
  expect(await clusters.blueprint("demo")).toBeUndefined();
  expect(await clusters.configure(blueprint())).toBe(1);
  expect(await clusters.configure(blueprint())).toBe(1);
  expect(await clusters.configure(blueprint({ storageMb: 512 }))).toBe(2);
  expect(await clusters.blueprint("demo")).toEqual(blueprint({ storageMb: 512 }));
  const inventory: Inventory = { cluster: blueprint().name, nodes: {}, publicAddress: null };
  await clusters.saveInventory(inventory);
  await clusters.saveInventory({ ...inventory, publicAddress: { address: "198.18.0.10", prefix: 24 } });
  expect(await clusters.inventory("demo")).toMatchObject({ publicAddress: { address: "198.18.0.10" } });
  expect(await clusters.list()).toEqual(["demo"]);
  await clusters.forgetCluster("demo");
  expect(await clusters.list()).toEqual([]);
  await state.close();
});

test("what was scaled holds over restarts and other changes, until the number in the configuration changes", async () => {
  const dir = freshDir();
  const says = async (web: number, parts: object = {}) => {
    const state = await openState(place(dir), {});
    await state.clusters.configure(blueprint({ nodes: { web: { count: web } }, ...parts }));
    const wanted = await state.clusters.blueprint("demo");
    await state.close();
    return [wanted?.nodes.web.count, wanted?.storageMb];
  };
  const scaled = async (to: number) => {
    const state = await openState(place(dir), {});
    await state.clusters.setWebCount("demo", to);
    await state.close();
  };
  expect(await says(2)).toEqual([2, 256]);
  await scaled(4);
  expect(await says(2)).toEqual([4, 256]);
  expect(await says(2, { storageMb: 512 })).toEqual([4, 512]);
  expect(await says(3, { storageMb: 512 })).toEqual([3, 512]);
  await scaled(5);
  expect(await says(3, { storageMb: 512 })).toEqual([5, 512]);
  expect(await says(2, { storageMb: 512 })).toEqual([2, 512]);
});

test("a store that was written before numbers were remembered keeps what was scaled", async () => {
  const state = await openState(place(freshDir()), {});
  await state.clusters.configure(blueprint());
  await state.store.run("delete from configured", []);
  await state.clusters.configure(blueprint());
  expect(await state.clusters.setWebCount("demo", 3)).toBe(2);
  await state.clusters.configure(blueprint());
  expect(await state.clusters.blueprint("demo")).toEqual(blueprint({ nodes: { web: { count: 3 } } }));
  await state.close();
});

test("the last look of each kind is kept, until its cluster is gone", async () => {
  const state = await openState(place(freshDir()), {}, () => Date.UTC(2026, 0, 2));
  const { sights } = state;
  expect(await sights.last("demo", "replication")).toBeUndefined();
  await sights.keep("demo", "replication", { writer: "db1" });
  await sights.keep("demo", "replication", { writer: "db2" });
  await sights.keep("demo", "checksums", null);
  const at = "2026-01-02T00:00:00.000Z";
  expect(await sights.last("demo", "replication")).toEqual({ at, facts: { writer: "db2" } });
  expect(await sights.last("demo", "checksums")).toEqual({ at, facts: null });
  await sights.forget("demo");
  expect(await sights.last("demo", "replication")).toBeUndefined();
  await state.close();
});

test("a store of the first version is brought up to date, with what was under way", async () => {
  const dir = freshDir();
  const [first] = pending("old", 0);
  const sql = new DatabaseSync(join(dir, "nonet.db"));
  sql.exec(`${first?.[0] ?? ""} pragma user_version = 1;
    insert into runs (id, playbook, version, input, risk, actor, engine_id, created_at, outcome)
      values ('old', 'test', 1, '{}', 'read', 'alice', 'e1', '2026-01-01', 'done'),
             ('new', 'test', 1, '{}', 'read', 'alice', 'e2', '2026-01-02', null);
    insert into events values ('new', 1, '2026-01-02', '{}'), ('new', 2, '2026-01-02', '{}')`);
  sql.close();
  const state = await openState(place(dir), {});
  expect(await state.store.all("select id, instance, turn, last_seq from runs order by id")).toEqual([
    { id: "new", instance: "the first version", turn: 0, last_seq: 2 },
    { id: "old", instance: null, turn: 0, last_seq: 0 },
  ]);
  expect(await state.store.all("select id from instances")).toEqual([{ id: "the first version" }]);
  await state.close();
});

test("a line that an earlier version had not said yet is said by the next", async () => {
  const dir = freshDir();
  const sql = new DatabaseSync(join(dir, "nonet.db"));
  for (const [migration] of pending("old", 0).slice(0, 7)) sql.exec(migration);
  sql.exec(`pragma user_version = 7;
    insert into outbox (id, place, seq, kind, text, actor, at, delivered_at)
      values ('said', 'slack:C1', 0, 'notice', 'Said.', null, 5, 6),
             ('due', 'slack:C1', 0, 'notice', 'demo ended.', 'alice', 5, null)`);
  sql.close();
  const state = await openState(place(dir), {});
  expect(await state.store.all("select id, title, severity, actor, first_at, seq from notices")).toEqual([
    { id: "due", title: "demo ended.", severity: "info", actor: "alice", first_at: 5, seq: 1 },
  ]);
  expect(await state.store.all("select id, notice_id, seq, told_seq from outbox where delivered_at is null")).toEqual([
    { id: "due", notice_id: "due", seq: 1, told_seq: 0 },
  ]);
  await state.close();
});
