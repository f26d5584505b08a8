import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** An IPv4 address and the card on whose network it lives. */
export interface OnWire {
  readonly address: string;
  readonly nic: string;
}

/** By address, the hardware addresses that answered for it; none answers to the one who holds it itself. */
export type WireAnswers = Readonly<Record<string, readonly string[]>>;

// ARP probes without a sender (RFC 5227), which change nobody's tables. Two of them, because one may be lost; all
// answers within the time count, because two holders both answer.
const program = `
import select, socket, struct, sys, time
asked = [w.split("@") for w in sys.argv[1:]]
socks, mac, found = {}, {}, {a: set() for a, _ in asked}
for _, nic in asked:
    if nic not in socks:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
        s.bind((nic, 0x0806))
        socks[nic], mac[nic] = s, s.getsockname()[4]
def probe():
    for a, nic in asked:
        head = b"\\xff" * 6 + mac[nic] + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1)
        socks[nic].send(head + mac[nic] + bytes(10) + socket.inet_aton(a))
start = time.monotonic()
probe()
again = True
while time.monotonic() - start < 0.3:
    if again and time.monotonic() - start > 0.1:
        probe()
        again = False
    for s in select.select(list(socks.values()), [], [], 0.05)[0]:
        p = s.recv(1500)
        if len(p) < 42 or p[20:22] != b"\\x00\\x02": continue
        a = socket.inet_ntoa(p[28:32])
        if a in found: found[a].add(p[22:28].hex(":"))
for a in found: print(a, *sorted(found[a]), "end")
`;

/** Asks the network itself who has these addresses. Takes 0.3 s. */
export function whoAnswers(asked: readonly OnWire[]): Fact<WireAnswers> {
  return {
    name: "wire",
    script: sh`python3 -c ${program} ${asked.map(({ address, nic }) => `${address}@${nic}`)}`,
    parse(output) {
      const lines = output.trimEnd().split("\n");
      return Object.fromEntries(
        asked.map(({ address }) => {
          const line = lines.find((each) => each.startsWith(`${address} `));
          const macs = /^\S+ ((?:(?:[0-9a-f]{2}:){5}[0-9a-f]{2} )*)end$/.exec(line ?? "")?.[1];
          if (macs === undefined) throw unreadable(`The question who has ${address} was not answered.`);
          return [address, macs.trim().split(" ").filter(Boolean)];
        }),
      );
    },
    query: asked,
  };
}
