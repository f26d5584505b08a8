import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/core/secret.ts";

const binary = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].find((path) => existsSync(path));

/** Why tests with a real sshd cannot run here; `undefined` when they can. */
export const noSshd = reasonAgainst();

function reasonAgainst(): string | undefined {
  if (binary === undefined) return "needs an sshd binary (openssh-server)";
  const { shell, username } = userInfo();
  const usable = shell !== null && spawnSync(shell, ["-c", "exit 42"]).status === 42;
  return usable ? undefined : `needs a user who may log in; the shell of ${username} is ${shell ?? "unknown"}`;
}

/** A real OpenSSH server on the loopback interface, run by whoever runs the tests. */
export interface Sshd {
  readonly port: number;
  readonly user: string;
  readonly folder: string;
  readonly key: Secret<string>;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** Listens; on another port too when given one. */
  start(port?: number): Promise<void>;
  /** Ends all listeners and all connections at once. */
  kill(): Promise<void>;
  /** Takes another host key from the next start on. */
  changeHostKey(): string;
  remove(): Promise<void>;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export async function createSshd(): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), "sshd-"));
  const port = await freePort();
  const { username: user, uid } = userInfo();
  // sshd started by root insists on its empty folder.
  if (uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const keygen = (name: string) => {
    rmSync(join(folder, name), { force: true });
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, name)]);
    return readFileSync(join(folder, `${name}.pub`), "utf8").trim();
  };
  const hostKey = keygen("host");
  keygen("user");
  const processes: ChildProcess[] = [];
  const sshd: Sshd = {
    port,
    user,
    folder,
    key: new Secret(readFileSync(join(folder, "user"), "utf8")),
    hostKey,
    async start(on = port) {
      const config = join(folder, `config-${on}`);
      writeFileSync(config, configuration(folder, on));
      const child = spawn(binary ?? "sshd", ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
      processes.push(child);
      await listening(child);
    },
    async kill() {
      await Promise.all(processes.splice(0).map(end));
    },
    changeHostKey: () => keygen("host"),
    async remove() {
      await sshd.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return sshd;
}

function configuration(folder: string, port: number): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
MaxStartups 100
`;
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (log.includes("Server listening on")) resolve();
    });
    child.on("exit", (code) => reject(new Error(`sshd ended (${code}): ${log}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const sessions = descendants(child.pid);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  for (const pid of sessions) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
  await gone;
}

/** The servers of the open connections, not what runs in them: that must notice by itself. */
function descendants(pid: number): number[] {
  const children = readProc(`${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean);
  const servers = children.filter((child) => readProc(`${child}/comm`).startsWith("sshd"));
  return servers.map(Number).flatMap((child) => [...descendants(child), child]);
}

/** Empty for a process that has ended meanwhile. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}
