import { nodesWith, type Cluster, type Node } from "../../src/core/cluster.ts";
import { OpsError } from "../../src/core/errors.ts";
import { oneByOne, stepOn, type Run } from "../../src/core/playbook.ts";
import { allOf } from "../../src/core/words.ts";
import { httpGet } from "../../src/ops/facts/http.ts";
import { pairStatus } from "../../src/ops/facts/pair.ts";
import { balancerStages } from "../../src/policy/lb.ts";
import { holder } from "../../src/policy/ready.ts";
import { changeStep } from "./change.ts";
import { judgePages } from "./prove-page.ts";
import { untilHolds } from "./until-holds.ts";

/** A reload takes a second; a server that failed before is tried again after five. */
const patienceMs = 60_000;

/**
 * Lets both balancers use exactly the web servers of this cluster: first the one that nobody asks, then the other, each
 * proven before the next.
 * @throws OpsError `does_not_balance` when a balancer does not serve with them; also says which one was not touched.
 */
export async function balance(run: Run, cluster: Cluster): Promise<void> {
  const order = await passiveFirst(run, cluster);
  const secrets = await run.services.vault.secrets(cluster.blueprint.name);
  const lbs = order.flatMap((name) => cluster.nodes.find((node) => node.name === name) ?? []);
  const webs = allOf(nodesWith(cluster, "web").map(({ name }) => name));
  await oneByOne(lbs, async (lb) => {
    const stages = balancerStages(cluster, secrets);
    await changeStep(run, cluster, lb, { ...stepOn(lb, "use", `Use ${webs}`), stages });
    await untilBalanced(run, cluster, lb);
  });
}

/** Names of the balancers, the one with the public address last. */
function passiveFirst(run: Run, cluster: Cluster): Promise<readonly string[]> {
  return run.step({ name: "order", title: "See which balancer serves" }, async ({ signal }) => {
    const [lb, other] = nodesWith(cluster, "lb");
    if (lb === undefined || other === undefined) throw new TypeError("a cluster has two balancers");
    const [status] = await run.services.fleet(cluster.blueprint.name, lb).read([pairStatus], { signal });
    const active = holder(status);
    const value = active === lb.name ? [other.name, lb.name] : [lb.name, other.name];
    const sentence = active === undefined ? "None has the public address." : `${active} does, so it comes last.`;
    return { sentence, value };
  });
}

async function untilBalanced(run: Run, cluster: Cluster, lb: Node): Promise<void> {
  await run.step(stepOn(lb, "balanced", "Prove the page"), async (context) => {
    const target = run.services.fleet(cluster.blueprint.name, lb);
    const facts = [httpGet(`http://${lb.privateIp}/?json`, nodesWith(cluster, "web").length * 4)] as const;
    const look = async () => {
      const [answers] = await target.read(facts, { signal: context.signal, deadlineMs: 120_000 });
      return judgePages(cluster, answers);
    };
    const { ok, sentence } = await untilHolds(run.services, context, look, patienceMs);
    if (ok) return { sentence };
    throw new OpsError({
      code: "does_not_balance",
      node: lb.name,
      message: `It does not serve with all of its web servers: ${sentence}`,
      hint: `Look at nginx on ${lb.name} and at the web server that is named, then give the same command again: it carries on here.`,
    });
  });
}
