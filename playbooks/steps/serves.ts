import { nodesWith, type Cluster, type Node } from "../../src/core/cluster.ts";
import { OpsError, toFailure } from "../../src/core/errors.ts";
import { inParallel, stepOn, type Run, type StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { httpGet } from "../../src/ops/facts/http.ts";
import { readPage } from "./page.ts";
import { untilHolds, type Proof } from "./until-holds.ts";

/** A web server that was restarted serves within two seconds. */
const patienceMs = 60_000;

/**
 * A step that ends when a web server serves its own page, with row and file, to itself and to both balancers.
 * @throws OpsError `does_not_serve` when it does not within a minute.
 */
export async function untilServes(run: Run, cluster: Cluster, node: Node): Promise<void> {
  await run.step(stepOn(node, "serves", "Wait for the page"), async (context) => {
    const look = () => serves(run.services, cluster, node, context);
    const { ok, sentence } = await untilHolds(run.services, context, look, patienceMs);
    if (ok) return { sentence };
    throw new OpsError({
      code: "does_not_serve",
      node: node.name,
      message: `It does not serve its page: ${sentence}`,
      hint: `Look at nginx, PHP and the mounted content of ${node.name}; /cluster build ${cluster.blueprint.name} repairs what differs from the blueprint.`,
    });
  });
}

async function serves(services: Services, cluster: Cluster, node: Node, { signal }: StepContext): Promise<Proof> {
  const page = `http://${node.privateIp}/?json`;
  const seen = await inParallel([node, ...nodesWith(cluster, "lb")], async (from) => {
    try {
      const target = services.fleet(cluster.blueprint.name, from);
      const [answers] = await target.read([httpGet(page, 1, 5)], { signal, deadlineMs: 15_000 });
      const lacks = answers.map(readPage).flatMap(({ lacks: lack }) => lack ?? []);
      return lacks.map((lack) => (from === node ? lack : `${from.name} sees: ${lack}`));
    } catch (error) {
      signal.throwIfAborted();
      return [`${from.name}: ${toFailure(error).message}`];
    }
  });
  const [first] = seen.flat();
  const sentence = first ?? `${node.name} serves row and file, to itself and to both balancers.`;
  return { ok: first === undefined, sentence };
}
