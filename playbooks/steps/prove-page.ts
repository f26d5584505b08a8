import { nodesWith, type Cluster } from "../../src/core/cluster.ts";
import type { StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { httpGet, type HttpAnswer } from "../../src/ops/facts/http.ts";
import { readPage } from "./page.ts";
import { untilHolds, type Proof } from "./until-holds.ts";

/** The page comes through the floating address from every web server, with the row and the file in it, over both ports. */
export function pageProof(services: Services, cluster: Cluster, context: StepContext): Promise<Proof> {
  return untilHolds(services, context, async () => {
    const [admin] = nodesWith(cluster, "admin");
    if (admin === undefined) return { ok: false, sentence: "There is no admin node." };
    const { address } = cluster.floating.lb;
    // Round robin reaches each of them; four times as many tries forgive a retry in between.
    const times = nodesWith(cluster, "web").length * 4;
    const facts = [httpGet(`http://${address}/?json`, times), httpGet(`https://${address}/?json`, 2)] as const;
    const target = services.fleet(cluster.blueprint.name, admin);
    const [plain, secure] = await target.read(facts, { signal: context.signal, deadlineMs: 120_000 });
    return judgePages(cluster, [...plain, ...secure]);
  });
}

/** Every answer must be whole, and every web server must have given one. */
export function judgePages(cluster: Cluster, answers: readonly HttpAnswer[]): Proof {
  const servers = new Set<string>();
  for (const answer of answers) {
    const { server, lacks } = readPage(answer);
    if (lacks !== undefined) return { ok: false, sentence: lacks };
    if (server !== undefined) servers.add(server);
  }
  const silent = nodesWith(cluster, "web").filter(({ name }) => !servers.has(name));
  return silent.length === 0
    ? { ok: true, sentence: `${[...servers].toSorted().join(" and ")} serve the page with row and file.` }
    : { ok: false, sentence: `No answer came from ${silent.map(({ name }) => name).join(" and ")}.` };
}
