import type { Floating } from "../core/cluster.ts";
import type { Primitive } from "../ops/cib.ts";

/** Id of the resource that holds the address, in every pair. */
export const vip = "vip";

/**
 * How an address floats: the one place to replace when it should float in another way. Today Pacemaker puts it on the
 * interface and announces it by gratuitous ARP, which works wherever both nodes share a layer 2 network.
 */
export function floatingAddress(floating: Floating): Primitive {
  return {
    id: vip,
    agent: "ocf:heartbeat:IPaddr2",
    parameters: { ip: floating.address, cidr_netmask: String(floating.prefix), nic: floating.nic },
    operations: [
      { name: "start", timeout: "20s" },
      { name: "stop", timeout: "20s" },
      { name: "monitor", interval: "5s", timeout: "20s" },
    ],
  };
}
