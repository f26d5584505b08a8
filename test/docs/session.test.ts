import { expect, it } from "vitest";
import { recordSession } from "./session.ts";

// `npm run docs:session` writes the page; ids and times differ each time.
it("the session of the page happens as it is told", { timeout: 240_000 }, async () => {
  const page = await recordSession();
  const told = [
    /lb1 +systemd unit nginx.service state +stopped +running/,
    /New configuration: clusters: demo changed\./,
    /\+ change firewall iptables on admin1/,
    /What would change is no longer what was approved\. Here is it again\./,
    /nonet> \/runs show [0-9a-f]{8}/,
    /nonet> \/runs cancel [0-9a-f]{8}/,
    /bob cancelled it\. .*\d+ changes? of “Basics on/,
    /nonet> \/runs resume [0-9a-f]{8}/,
    /carries on run [0-9a-f]{8}/,
    /Built and proven: 9 nodes/,
    /Two different people must approve, of alice or bob/,
    /1 of 2: alice has approved, bob must too/,
    /approved +by alice and bob/,
  ];
  let from = 0;
  for (const like of told) {
    const at = page.slice(from).search(like);
    expect(at, `${String(like)} after what comes before it`).toBeGreaterThanOrEqual(0);
    from += at;
  }
});
