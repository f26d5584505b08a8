import { connect } from "node:net";
import type { Outside } from "../core/ports.ts";

/** Connects under way at once; enough to be quick, few enough for any file limit. */
const atOnce = 256;

/**
 * Looks at a cluster from where the bot runs, which is the internet to it.
 * @param localAddress an address of this machine that no cluster knows as an operator's; `null` when there is none, and
 * nothing can be told about strangers then
 */
export function outside(localAddress: string | null): Outside {
  return {
    async scan(targets, signal) {
      if (localAddress === null) return null;
      const knocks = targets.flatMap(({ address, ports }) => ports.map((port) => ({ address, port })));
      // Only one family can start from one address.
      const family = localAddress.includes(":");
      const mine = knocks.filter(({ address }) => address.includes(":") === family);
      const found: Record<string, Record<number, "open" | "refused" | "silent">> = {};
      const work = mine[Symbol.iterator]();
      const worker = async () => {
        for (const { address, port } of work) {
          signal.throwIfAborted();
          (found[address] ??= {})[port] = await knock(address, port, localAddress);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      return found;
    },
  };
}

/** Two tries of 1.5 s, so that one lost packet is not taken for a filter. */
async function knock(address: string, port: number, localAddress: string): Promise<"open" | "refused" | "silent"> {
  const first = await once(address, port, localAddress);
  return first === "silent" ? once(address, port, localAddress) : first;
}

function once(host: string, port: number, localAddress: string): Promise<"open" | "refused" | "silent"> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress });
    const end = (state: "open" | "refused" | "silent") => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(1500, () => end("silent"));
    socket.once("connect", () => end("open"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED" ? "refused" : "silent"));
  });
}
