import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import ssh2, { type AuthContext, type ServerChannel } from "ssh2";
import { toFailure } from "../../src/core/errors.ts";
import { startApi } from "../../src/lab/api/server.ts";
import { simulatedHypervisor } from "../../src/lab/simulated.ts";
import { readUserData } from "../../src/lab/userdata.ts";
import { answer, type Applied, type Standing } from "./stand-in-answers.ts";
import { inMemory } from "./in-memory.ts";
import { Question, toWire } from "./wire.ts";

/** Nine machines at an API, each of them an SSH server that outlives whoever builds with them. */
export interface StandIn {
  readonly apiUrl: string;
  readonly token: string;
  /** By name of the node. */
  readonly ports: Readonly<Record<string, number>>;
  /** Every change that was asked of a node, in order. */
  readonly applied: readonly Applied[];
  /** What the nodes hold: by name of the node, then `operation/key`. */
  states(): Record<string, Record<string, object>>;
  /** The API's account, as it keeps it. */
  account(): Promise<unknown>;
  close(): Promise<void>;
}

const token = "stand-in";
const manyRequests = { count: 1_000_000, seconds: 60 };
const limits = { create: manyRequests, images: manyRequests, list: manyRequests, other: manyRequests };

/**
 * Starts the API and a port for each of `nodes`. A node takes connections from the moment its machine boots, with the
 * host key and for the user key that the machine was given, as cloud-init would.
 */
export async function openStandIn(nodes: readonly string[]): Promise<StandIn> {
  const stateDir = await mkdtemp(join(inMemory, "nonet-stand-in-"));
  const applied: Applied[] = [];
  const standing: Standing = { states: new Map(), applied };
  const doors = new Map<string, Door>();
  for (const name of nodes) doors.set(name, await openDoor());
  const machines = simulatedHypervisor({ bootMs: 0, shutdownMs: 0 });
  const hypervisor = {
    ...machines,
    boot: async (machine: Parameters<typeof machines.boot>[0]) => {
      await machines.boot(machine);
      const name = machine.tags.find((tag) => tag.startsWith("ha:node="))?.slice("ha:node=".length) ?? "";
      const { ssh_keys: keys, ssh_authorized_keys: users } = readUserData(machine.userData);
      doors.get(name)?.open(sshServer(name, keys["ed25519_private"] ?? "", users[0] ?? "", standing));
    },
  };
  const api = await startApi({ hypervisor, stateDir, port: 0, token, limits, stageMs: 0, watchMs: 3_600_000 });
  return {
    apiUrl: api.url,
    token,
    ports: Object.fromEntries([...doors].map(([name, { port }]) => [name, port])),
    applied,
    states: () =>
      Object.fromEntries([...standing.states].map(([name, held]) => [name, Object.fromEntries(held)] as const)),
    account: async () => JSON.parse(await readFile(join(stateDir, "api.json"), "utf8")) as unknown,
    async close() {
      for (const door of doors.values()) door.close();
      await api.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

interface Door {
  readonly port: number;
  /** Whoever knocks from now on meets this server. */
  open(server: ssh2.Server): void;
  close(): void;
}

/** A port at which nobody is at home at first. */
async function openDoor(): Promise<Door> {
  const sockets = new Set<Socket>();
  let server: ssh2.Server | undefined;
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    if (server === undefined) socket.destroy();
    else server.injectSocket(socket);
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    open: (now) => (server = now),
    close: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function sshServer(name: string, hostKey: string, userKey: string, standing: Standing): ssh2.Server {
  return new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("authentication", (context) => (admits(userKey, context) ? context.accept() : context.reject()));
    client.on("session", (acceptSession) => {
      acceptSession().on("exec", (acceptExec) => void serve(name, acceptExec(), standing));
    });
    // A client that was killed breaks off in the middle.
    client.on("error", () => {});
  });
}

function admits(userKey: string, context: AuthContext): boolean {
  if (context.method !== "publickey" || context.username !== "root") return false;
  const allowed = ssh2.utils.parseKey(userKey);
  if (allowed instanceof Error || !context.key.data.equals(allowed.getPublicSSH())) return false;
  const { blob, signature } = context;
  // Without a signature it only asks whether this key would do.
  if (blob === undefined || signature === undefined) return true;
  const verified: unknown = allowed.verify(blob, signature);
  return verified === true;
}

/** Takes one question and answers it; a client that is gone by then is none to answer to. */
async function serve(name: string, channel: ServerChannel, standing: Standing): Promise<void> {
  channel.on("error", () => {});
  try {
    const question = Question.parse(JSON.parse(await standardInput(channel)));
    channel.write(toWire({ value: (await answer(name, question, standing)) ?? null }));
  } catch (error) {
    const { code, message, hint, state } = toFailure(error);
    channel.write(toWire({ failure: { code, message, hint, state } }));
  }
  channel.exit(0);
  channel.end();
}

/** What follows the script, whose length comes first; one line. */
function standardInput(channel: ServerChannel): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = Buffer.alloc(0);
  channel.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const lengthEnds = received.indexOf("\n");
    if (lengthEnds < 0) return;
    const inputBegins = lengthEnds + 1 + Number(received.subarray(0, lengthEnds));
    const inputEnds = received.indexOf("\n", inputBegins);
    if (inputEnds >= 0) resolve(received.subarray(inputBegins, inputEnds).toString());
  });
  channel.on("close", () => reject(new Error("the question broke off")));
  return promise;
}
