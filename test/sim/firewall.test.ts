import { describe, expect, it } from "vitest";
import { rule } from "../../src/sim/firewall.ts";

const rules = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -s 198.18.254.2/32 -i eth0 -p tcp -m tcp --dport 322 -m comment --comment "SSH for operators" -j ACCEPT
-A INPUT -i eth0 -p tcp -m multiport --dports 80,443 -j ACCEPT
-A INPUT -s 10.10.0.0/24 -i eth1 -p tcp -m tcp --dport 3306 -j REJECT --reject-with tcp-reset
-A INPUT -p udp -m udp --dport 5405:5412 -j ACCEPT
COMMIT
`;

describe("rule", () => {
  it.each([
    [{ nic: "eth0", source: "198.18.254.2", port: 322 }, "accept"],
    [{ nic: "eth0", source: "198.18.254.3", port: 322 }, "drop"],
    [{ nic: "eth1", source: "198.18.254.2", port: 322 }, "drop"],
    [{ nic: "eth0", source: "198.18.254.3", port: 443 }, "accept"],
    [{ nic: "eth0", source: "198.18.254.3", port: 442 }, "drop"],
    [{ nic: "eth1", source: "10.10.0.9", port: 3306 }, "reject"],
    [{ nic: "eth1", source: "10.10.0.9", port: 5405 }, "drop"],
    [{ nic: "eth0", source: "fd98::1", port: 322 }, "drop"],
  ] as const)("%j: %s", (packet, expected) => expect(rule(rules, packet)).toBe(expected));

  it("accepts everything without rules", () => {
    expect(rule("", { nic: "eth0", source: "198.18.254.3", port: 3306 })).toBe("accept");
  });
  it("refuses to guess about a match it does not know", () => {
    const strange = "-A INPUT --tos 0x10 -j ACCEPT\n";
    expect(() => rule(strange, { nic: "eth0", source: "198.18.254.3", port: 1 })).toThrow("--tos");
  });
});
