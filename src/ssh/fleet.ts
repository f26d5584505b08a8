import type { Secret } from "../core/secret.ts";
import { WarmConnection, type RoundTrip } from "./connection.ts";
import { usualFolder } from "./guard.ts";
import type { Timing } from "./persist.ts";
import { sshTarget, type SshTarget } from "./target.ts";

/** What must be known about a node to get in. */
interface FleetNode {
  readonly name: string;
  /** Address or host name. */
  readonly host: string;
  readonly port: number;
  /** Tried in turn when `port` does not answer: where sshd may be if a move of it was cut short. */
  readonly otherPorts?: readonly number[];
  /** The pinned key, `ssh-ed25519 AAAA…`; with any other the node is refused. */
  readonly hostKey: string;
}

export interface FleetOptions {
  /** Private key, OpenSSH or PEM text, without a passphrase. */
  readonly key: Secret<string>;
  /** Default `root`. */
  readonly user?: string;
  /** Known secrets, taken out of all output that is shown. */
  readonly secrets?: () => Iterable<string>;
  /** Hears of every try to connect and every script sent. */
  readonly onRoundTrip?: (trip: RoundTrip) => void;
  readonly timing?: Timing;
  /** On the nodes, for the lock and the fence of changes; default `/run/nonet`. */
  readonly folder?: string;
}

/** All nodes that are worked with, each with one warm connection. */
export interface Fleet {
  /** The target of a node; the same one as long as its address and key stay the same. Connects when first used. */
  target(node: FleetNode): SshTarget;
  /** Ends all connections; calls under way are cancelled. */
  close(): void;
}

export function createFleet(options: FleetOptions): Fleet {
  const { key, user = "root", secrets = () => [], onRoundTrip = () => {}, timing, folder = usualFolder } = options;
  const members = new Map<string, { identity: string; target: SshTarget; close: () => void }>();
  return {
    target(node) {
      const identity = [node.host, node.hostKey.trim()].join(" ");
      const known = members.get(node.name);
      if (known?.identity === identity) return known.target;
      known?.close();
      const door = { node: node.name, host: node.host, port: node.port, user, key, hostKey: node.hostKey };
      const connection = new WarmConnection(door, node.otherPorts ?? [], onRoundTrip, timing);
      const target = sshTarget(connection, secrets, folder);
      members.set(node.name, { identity, target, close: () => connection.close() });
      return target;
    },
    close() {
      for (const { close } of members.values()) close();
      members.clear();
    },
  };
}
