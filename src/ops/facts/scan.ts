import type { Fact } from "../../core/fact.ts";
import { OpsError } from "../../core/errors.ts";
import { sh } from "../../core/shell.ts";

/** What a TCP connect told: a listener answered, the host refused, or nobody answered in time. */
type PortState = "open" | "refused" | "silent";

/** A host to knock at. */
export interface ScanTarget {
  readonly address: string;
  readonly ports: readonly number[];
}

/** `states[address][port]`. */
export type Scan = Readonly<Record<string, Readonly<Record<number, PortState>>>>;

// All connects at once; a port that stays silent gets a second try, so that one lost packet is not taken for a filter.
const program = `
import selectors, socket, sys, time
def knock(pairs, seconds):
    sel, left, out = selectors.DefaultSelector(), {}, {}
    for address, port in pairs:
        s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        s.setblocking(False)
        code = s.connect_ex((address, port))
        left[s] = (address, port)
        sel.register(s, selectors.EVENT_WRITE)
    end = time.monotonic() + seconds
    while left and time.monotonic() < end:
        for key, _ in sel.select(max(0, end - time.monotonic())):
            s = key.fileobj
            code = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            out[left.pop(s)] = "open" if code == 0 else "refused" if code == 111 else "silent"
            sel.unregister(s)
            s.close()
    for s, pair in left.items():
        out[pair] = "silent"
        s.close()
    return out
pairs = [(a, int(p)) for a, ps in (w.split("=") for w in sys.argv[2:]) for p in ps.split(",")]
found = {}
for i in range(0, len(pairs), 400):
    found.update(knock(pairs[i:i+400], float(sys.argv[1])))
again = [p for p in pairs if found[p] == "silent"]
for i in range(0, len(again), 400):
    found.update(knock(again[i:i+400], float(sys.argv[1])))
for a, p in pairs:
    print(a, p, found[(a, p)])
`;

/**
 * Knocks at TCP ports from a node.
 * @param seconds how long to wait for an answer, per try (two tries)
 */
export function scan(targets: readonly ScanTarget[], seconds = 1.5): Fact<Scan> {
  const words = targets.map(({ address, ports }) => `${address}=${ports.join(",")}`);
  return {
    name: "port scan",
    script: sh`python3 -c ${program} ${seconds} ${words}`,
    parse: parseScan,
    query: targets,
  };
}

/** Lines of `ADDRESS PORT STATE`. */
export function parseScan(output: string): Scan {
  const states: Record<string, Record<number, PortState>> = {};
  for (const line of output.trim().split("\n").filter(Boolean)) {
    const [address, port, state] = line.split(" ");
    if (address === undefined || (state !== "open" && state !== "refused" && state !== "silent")) {
      throw new OpsError({ code: "unreadable_fact", message: `The port scan answered “${line}”.` });
    }
    (states[address] ??= {})[Number(port)] = state;
  }
  return states;
}
