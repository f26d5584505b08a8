import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { desire, type Item } from "../../src/core/operation.ts";
import { reveal, Secret } from "../../src/core/secret.ts";
import { database, databaseUser } from "../../src/ops/mariadb.ts";
import { replication } from "../../src/ops/replication.ts";
import { dbWriterAgent } from "../../src/policy/db-writer.ts";
import { present, validate } from "../policy/rendered.ts";

/**
 * Takes half a minute, which is why it is not among the fast tests. Two real servers on loopback addresses, set up by our own operations, and the agent as Pacemaker calls it. The only
 * difference to a node is where the socket and the data are.
 */
const root = mkdtempSync(join(tmpdir(), "nonet-writer-"));
const servers = new Map<number, ChildProcess>();
const agentFile = join(root, "db_writer");
const shellFunctions = "/usr/lib/ocf/lib/heartbeat/ocf-shellfuncs";
const address = (index: number): string => `127.0.1.${index}`;

/** The environment of a node: its client finds its own server. */
const home = (index: number) => ({
  ...process.env,
  PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`,
  HOME: join(root, `home${index}`),
});

async function start(index: number, port: number): Promise<void> {
  const data = join(root, `data${index}`);
  const socket = join(root, `${index}.sock`);
  const self = process.getuid?.() === 0 ? ["--user=root"] : [];
  if (!existsSync(data))
    validate("mariadb-install-db", [
      "--no-defaults",
      `--datadir=${data}`,
      "--skip-test-db",
      "--auth-root-authentication-method=normal",
      ...self,
    ]);
  const settings = [
    "--read-only=ON",
    "--log-bin=b",
    "--log-slave-updates=ON",
    "--gtid-strict-mode=ON",
    "--skip-name-resolve",
    "--innodb-buffer-pool-size=8M",
  ];
  const server = spawn(
    "mariadbd",
    [
      "--no-defaults",
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--bind-address=${address(index)}`,
      `--port=${port}`,
      `--server-id=${index}`,
      `--gtid-domain-id=${index}`,
      ...settings,
      ...self,
    ],
    { env: home(index), stdio: ["ignore", "ignore", "pipe"] },
  );
  servers.set(index, server);
  mkdirSync(join(root, `home${index}`), { recursive: true });
  writeFileSync(join(root, `home${index}`, ".my.cnf"), `[client]\nuser = root\nport = ${port}\nsocket = ${socket}\n`);
  let log = "";
  for await (const chunk of server.stderr ?? []) {
    log += String(chunk);
    if (log.includes("ready for connections")) return void server.stderr?.resume();
  }
  throw new Error(`mariadbd ended:\n${log}`);
}

function onNode(index: number, script: string, input = "") {
  const done = spawnSync("sh", ["-c", script.replaceAll("/var/lib/mysql", join(root, `data${index}`))], {
    env: home(index),
    encoding: "utf8",
    input,
  });
  return { code: done.status, said: done.stdout + done.stderr, output: done.stdout };
}

function converge(index: number, item: Item): number {
  const { operation, want } = item;
  const look = () => operation.parse(onNode(index, operation.read([want])).output, [want])[0];
  const changes = operation.diff(look(), want);
  for (const action of changes.length === 0 ? [] : operation.apply(want, changes, look())) {
    if (action.kind !== "run") throw new Error("expected a script");
    const done = onNode(index, action.script, reveal(action.stdin ?? ""));
    if (done.code !== 0) throw new Error(done.said);
  }
  expect(operation.diff(look(), want)).toEqual([]);
  return changes.length;
}

const agent = (index: number, action: string) => {
  const parameters = `OCF_ROOT=/usr/lib/ocf OCF_RESOURCE_INSTANCE=w OCF_RESKEY_catch_up=10 OCF_RESKEY_defaults=${root}/peer.cnf OCF_RESKEY_servers=${address(3 - index)}`;
  return onNode(index, `${parameters} ${agentFile} ${action}`);
};
const sql = (index: number, text: string) => onNode(index, `mariadb --batch --skip-column-names -e "${text}"`);

const port = 20_000 + (process.pid % 10_000);
const items = (index: number): Item[] => [
  desire(database, { name: "site" }),
  desire(databaseUser, {
    user: "site",
    host: "10.10.0.%",
    password: new Secret("it's \\ odd"),
    grants: ["site.*: ALL PRIVILEGES"],
  }),
  desire(databaseUser, {
    user: "replication",
    host: "127.0.0.%",
    password: new Secret("secret-r"),
    grants: ["*.*: REPLICATION SLAVE"],
  }),
  desire(replication, {
    masterHost: address(3 - index),
    user: "replication",
    password: new Secret("secret-r"),
    running: true,
  }),
];

const here = present("mariadbd") && present("mariadb-install-db") && existsSync(shellFunctions);
describe.runIf(here)("two real servers", () => {
  beforeAll(async () => {
    writeFileSync(agentFile, dbWriterAgent);
    chmodSync(agentFile, 0o755);
    writeFileSync(join(root, "peer.cnf"), `[client]\nuser = replication\npassword = secret-r\nport = ${port}\n`);
    await Promise.all([start(1, port), start(2, port)]);
  }, 60_000);

  afterAll(async () => {
    for (const server of servers.values()) {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill("SIGKILL");
        await once(server, "exit");
      }
    }
    rmSync(root, { recursive: true });
  });

  test("a peer that answers but does not let us ask is no reason to write", () => {
    const done = agent(1, "start");
    expect(done.code).toBe(1);
    expect(done.said).toContain("does not tell whether it accepts writes");
  });

  test("operations set both up, and find nothing to do afterwards", () => {
    for (const index of [1, 2]) {
      for (const item of items(index).slice(0, 3)) expect(converge(index, item)).toBeGreaterThan(0);
    }
    for (const index of [1, 2]) {
      onNode(index, `mariadb -e "STOP SLAVE" 2>/dev/null`);
      const change = `CHANGE MASTER TO MASTER_PORT=${port}`;
      const item = items(index)[3];
      if (item !== undefined) expect(converge(index, item)).toBeGreaterThan(0);
      onNode(index, `mariadb -e "STOP SLAVE; ${change}; START SLAVE"`);
      for (const again of items(index)) expect(converge(index, again)).toBe(0);
    }
  });

  test("one becomes the writer, the other is refused while it writes", () => {
    expect(agent(1, "start").code).toBe(0);
    expect(agent(1, "monitor").code).toBe(0);
    expect(sql(1, "CREATE TABLE site.t (a INT); INSERT INTO site.t VALUES (1)").code).toBe(0);
    const second = agent(2, "start");
    expect(second.code).toBe(1);
    expect(second.said).toContain("two writers are never allowed");
    expect(agent(2, "monitor").code).toBe(7);
  });

  test("it stops although a client holds a lock, and the other has every write when it starts", async () => {
    const client = spawn(
      "mariadb",
      ["--unbuffered", "-e", "LOCK TABLES site.t WRITE; SELECT 'locked'; SELECT SLEEP(600)"],
      { env: home(1), stdio: ["ignore", "pipe", "ignore"] },
    );
    const ended = once(client, "exit");
    await once(client.stdout, "data");
    expect(agent(1, "stop").code).toBe(0);
    await ended;
    expect(agent(1, "monitor").code).toBe(7);
    expect(agent(2, "start").code).toBe(0);
    expect(sql(2, "SELECT a FROM site.t").output).toBe("1\n");
    expect(sql(2, "INSERT INTO site.t VALUES (2)").code).toBe(0);
  });

  test("a dead peer does not keep the other from writing", async () => {
    expect(sql(1, "SELECT MASTER_GTID_WAIT('2-2-1', 10)").output).toBe("0\n");
    const dead = servers.get(2);
    dead?.kill("SIGKILL");
    if (dead !== undefined) await once(dead, "exit");
    const done = agent(1, "start");
    expect(done.said).toContain("applying what was received from it");
    expect(done.code).toBe(0);
    expect(sql(1, "SELECT a FROM site.t ORDER BY a").output).toBe("1\n2\n");
  });
});
