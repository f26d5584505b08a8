import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { Secret } from "../../src/core/secret.ts";

const binaries = "/usr/lib/postgresql/15/bin";

/** Why tests with a real PostgreSQL cannot run here; `undefined` when they can. */
export const noPostgres = existsSync(join(binaries, "initdb")) ? undefined : "needs PostgreSQL 15 (postgresql)";

/** A PostgreSQL of its own that listens on a socket in a temporary folder. */
export interface Server {
  /** A new database: empty, or with all that this other one has, to which nobody may be connected. */
  database(like?: Secret<string>): Promise<Secret<string>>;
  /** Shuts down, if it has not by itself, which ends all connections, and starts again after `meanwhile`. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

let server: Promise<Server> | undefined;

/** The server of this test file; started when it is first asked for, with its data in `folder` where one is given. */
export function postgresServer(folder?: string): Promise<Server> {
  server ??= start(folder);
  return server;
}

/** Ends the server, if one was started. */
export async function stopPostgres(): Promise<void> {
  await (await server)?.stop();
  server = undefined;
}

async function start(home?: string): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "nonet-postgres-"));
  const user = ownerOf(folder);
  const data = join(home ?? folder, "data");
  if (home !== undefined) ownerOf(home);
  execFileSync(join(binaries, "initdb"), ["-D", data, "-U", "nonet", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const settings = [
    "fsync=off",
    "full_page_writes=off",
    "listen_addresses=",
    "shared_buffers=16MB",
    "max_connections=300",
  ];
  const serve = async (): Promise<ChildProcess> => {
    const args = ["-D", data, "-k", folder, ...settings.flatMap((setting) => ["-c", setting])];
    const started = spawn(join(binaries, "postgres"), args, {
      ...user,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await readyToAccept(started);
    return started;
  };
  const end = async (signal: "SIGINT" | "SIGQUIT"): Promise<void> => {
    if (child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  let child = await serve();
  // Addresses in `DATABASE_URL` cannot name a socket; these variables can, here and in child processes.
  process.env["PGHOST"] = folder;
  process.env["PGUSER"] = "nonet";
  let count = 0;
  return {
    database: async (like) => {
      const name = `nonet${(count += 1)}`;
      const template = like === undefined ? "template1" : new URL(like.reveal()).pathname.slice(1);
      const admin = postgres("postgres:///postgres", { max: 1 });
      await admin.unsafe(`create database ${name} template ${template}`);
      await admin.end();
      return new Secret(`postgres:///${name}`);
    },
    restart: async (meanwhile) => {
      await end("SIGINT");
      await meanwhile();
      child = await serve();
    },
    stop: async () => {
      await end("SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root; then it is somebody else's folder and process. */
function ownerOf(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ["-u", "-g"].map((option) => Number(execFileSync("id", [option, "nobody"], { encoding: "utf8" })));
  if (uid === undefined || gid === undefined) throw new TypeError("there is no user nobody");
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o755);
  return { uid, gid };
}

async function readyToAccept(child: ChildProcess): Promise<void> {
  let log = "";
  const ready = Promise.withResolvers<void>();
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
    if (log.includes("ready to accept connections")) ready.resolve();
  });
  child.once("exit", () => ready.reject(new Error(`PostgreSQL did not start: ${log}`)));
  await ready.promise;
}
