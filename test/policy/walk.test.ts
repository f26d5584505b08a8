import { describe, expect, it } from "vitest";
import { readFilter, rule, type Packet } from "../../src/policy/walk.ts";

const rules = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:f2b-sshd - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m multiport --dports 322 -j f2b-sshd
-A INPUT -s 198.18.254.2/32 -i eth0 -p tcp -m tcp --dport 322 -m comment --comment "SSH for -j DROP" -j ACCEPT
-A INPUT -i eth0 -p tcp -m multiport --dports 80,443 -j ACCEPT
-A INPUT -s 10.10.0.0/24 -i eth1 -p tcp -m tcp --dport 3306 -j REJECT --reject-with tcp-reset
-A INPUT -p udp -m udp --dport 5405:5412 -j ACCEPT
-A INPUT ! -s 10.10.0.0/24 -i eth1 -p tcp -m tcp --dport 25 -j ACCEPT
-A f2b-sshd -s 198.18.254.9/32 -j REJECT --reject-with icmp-port-unreachable
-A f2b-sshd -j RETURN
COMMIT
`;
const tcp = (nic: string, source: string, port: number): Packet => ({
  ...{ chain: "INPUT", protocol: "tcp", state: "NEW", nic, source, port },
});

describe("rule", () => {
  it.each([
    [tcp("eth0", "198.18.254.2", 322), "accept"],
    [tcp("eth0", "198.18.254.3", 322), "drop"],
    [tcp("eth0", "198.18.254.9", 322), "reject"],
    [tcp("eth1", "198.18.254.2", 322), "drop"],
    [tcp("eth0", "198.18.254.3", 443), "accept"],
    [tcp("eth0", "198.18.254.3", 442), "drop"],
    [tcp("eth1", "10.10.0.9", 3306), "reject"],
    [tcp("eth1", "10.10.0.9", 5405), "drop"],
    [{ ...tcp("eth1", "10.10.0.9", 5405), protocol: "udp" }, "accept"],
    [tcp("eth1", "10.10.0.9", 25), "drop"],
    [tcp("eth1", "10.10.9.9", 25), "accept"],
    [tcp("eth0", "fd98::1", 322), "drop"],
    [{ ...tcp("eth0", "198.18.254.3", 4000), state: "ESTABLISHED" }, "accept"],
    [{ ...tcp("eth0", "198.18.254.3", 4000), chain: "OUTPUT" }, "accept"],
  ] as const)("%j: %s", (packet, expected) => expect(rule(readFilter(rules), packet)).toBe(expected));

  it("accepts everything without rules", () => {
    expect(rule(readFilter(""), tcp("eth0", "198.18.254.3", 3306))).toBe("accept");
  });

  it("does not guess about a match it does not know, unless it makes no difference", () => {
    const packet = tcp("eth0", "198.18.254.3", 1);
    const strange = "-A INPUT -m tos --tos 0x10 -j ACCEPT\n";
    expect(rule(readFilter(`:INPUT DROP [0:0]\n${strange}`), packet)).toBe("unknown");
    expect(rule(readFilter(`:INPUT ACCEPT [0:0]\n${strange}`), packet)).toBe("accept");
    expect(rule(readFilter(`:INPUT DROP [0:0]\n-A INPUT -p udp -m tos --tos 0x10 -j ACCEPT\n`), packet)).toBe("drop");
    expect(rule(readFilter(":INPUT DROP [0:0]\n-A INPUT -j NFQUEUE --queue-num 1\n"), packet)).toBe("unknown");
  });

  it("ends in a ring of chains", () => {
    const ring = ":INPUT DROP [0:0]\n:a - [0:0]\n:b - [0:0]\n-A INPUT -j a\n-A a -j b\n-A b -j a\n";
    expect(rule(readFilter(ring), tcp("eth0", "198.18.254.3", 1))).toBe("unknown");
  });
});
