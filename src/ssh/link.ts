import { Socket } from "node:net";
import { Client, type ConnectConfig } from "ssh2";
import type { OpsError } from "../core/errors.ts";
import type { Door } from "./door.ts";
import { accessDenied, hostKeyChanged, keyUnreadable, unreachable } from "./failures.ts";

/** One open connection. */
export interface Link {
  readonly client: Client;
  readonly port: number;
  /** Fires when the connection is gone, for whatever reason. */
  readonly gone: AbortSignal;
  close(): void;
  /** Gives up a connection that is found dead. */
  drop(): void;
}

/** Seconds of silence after which a connection counts as dead: three unanswered questions, one every five seconds. */
const keepalive = { keepaliveInterval: 5000, keepaliveCountMax: 3 };

/** Milliseconds a host has to answer the goodbye of a connection. */
const goodbyeMs = 1000;

/**
 * Opens one connection to a host whose key is pinned; one try.
 * @param signal gives up; its reason is what `unreachable` names as the cause
 * @throws OpsError `host_key_changed`, `ssh_denied`, `ssh_key_unreadable`, or `unreachable` (the only one worth a retry)
 */
export function openLink(door: Door, signal: AbortSignal): Promise<Link> {
  const [type, pinned] = door.hostKey.trim().split(/\s+/);
  if (type === undefined || pinned === undefined) return Promise.reject(hostKeyChanged(door, undefined));
  const { promise, resolve, reject } = Promise.withResolvers<Link>();
  const client = new Client();
  // Of our own, because ssh2 destroys none that it has said goodbye on.
  const socket = new Socket();
  const gone = new AbortController();
  let refused: OpsError | undefined;
  const giveUp = () => {
    reject(unreachable(door, signal.reason));
    socket.destroy();
  };
  client.on("ready", () => {
    signal.removeEventListener("abort", giveUp);
    const drop = () => {
      gone.abort();
      socket.destroy();
    };
    const close = () => {
      client.end();
      // A host that lost its power never answers the goodbye, and the open socket would keep this process from ending.
      setTimeout(drop, goodbyeMs).unref();
    };
    resolve({ client, port: door.port, gone: gone.signal, close, drop });
  });
  // Stays for the life of the connection: a late error without a listener would end the process.
  client.on("error", (error) => reject(refused ?? classify(door, error)));
  client.on("close", () => {
    signal.removeEventListener("abort", giveUp);
    reject(refused ?? unreachable(door, new Error("the connection was closed before it was ready")));
    gone.abort();
  });
  signal.addEventListener("abort", giveUp);
  if (signal.aborted) giveUp();
  else {
    const verify = (key: string): boolean => {
      if (key === pinned) return true;
      refused = hostKeyChanged(door, `${type} ${key}`);
      return false;
    };
    try {
      client.connect({ sock: socket, ...credentials(door, type, verify) });
      socket.setNoDelay(true).connect({ host: door.host, port: door.port });
    } catch (error) {
      reject(keyUnreadable(door, error));
    }
  }
  return promise;
}

function credentials(door: Door, type: string, verify: (key: string) => boolean): ConnectConfig {
  return {
    username: door.user,
    privateKey: door.key.reveal(),
    // Only the pinned kind, so that the host cannot answer with another of its keys.
    algorithms: { serverHostKey: [hostKeyAlgorithm(type)] },
    hostVerifier: (key: Buffer) => verify(key.toString("base64")),
    readyTimeout: 0,
    ...keepalive,
  };
}

function hostKeyAlgorithm(type: string): "ssh-ed25519" | "ecdsa-sha2-nistp256" | "rsa-sha2-512" {
  if (type === "ssh-rsa") return "rsa-sha2-512";
  return type === "ecdsa-sha2-nistp256" ? type : "ssh-ed25519";
}

function classify(door: Door, error: Error & { level?: string }): OpsError {
  if (error.level === "client-authentication") return accessDenied(door, error);
  if (error.level === "handshake" && error.message.includes("host key")) return hostKeyChanged(door, undefined);
  return unreachable(door, error);
}
