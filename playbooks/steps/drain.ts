import { nodesWith, type Cluster, type Node } from "../../src/core/cluster.ts";
import { stepOn, type Run, type StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { allOf, counted } from "../../src/core/words.ts";
import { connectedTo } from "../../src/ops/facts/connections.ts";
import { askNode } from "../../src/look/ask.ts";
import { untilHolds, type Proof } from "./until-holds.ts";

/** A balancer ends a request within its minute of patience; whoever takes longer downloads something large. */
const patienceMs = 120_000;
/** Looks in a row that must find nobody: a process of nginx that is on its way out may still begin a request. */
const quietLooks = 3;

/** A web server somebody may still be connected to, and what is known about that. */
interface Undrained {
  readonly node: string;
  readonly why: string;
}

/**
 * Waits until no balancer is connected to these web servers, which none of them uses any more. Where that does not happen
 * in time, or cannot be told, people decide. Returns those that nobody may delete.
 */
export async function drain(run: Run, cluster: Cluster, webs: readonly Node[]): Promise<readonly Undrained[]> {
  const waited = await run.parallel(webs, (node) =>
    run.step(stepOn(node, "drain", "Wait for the last connection"), async (context) => {
      const { ok, sentence } = await untilQuiet(run.services, cluster, node, context);
      return { sentence, value: { node: node.name, why: ok ? null : sentence } };
    }),
  );
  const undrained = waited.flatMap(({ node, why }) => (why === null ? [] : [{ node, why }]));
  if (undrained.length === 0) return [];
  const names = allOf(undrained.map(({ node }) => node));
  const verdict = await run.ask({
    name: "cut",
    title: `Decide about ${names}`,
    risk: "outage",
    evidence: { facts: undrained.map(({ node, why }) => [node, why] as const) },
    question: `Delete ${names} all the same, and cut off whoever is connected?`,
    otherwise: "nothing is deleted",
  });
  return verdict === "approved" ? [] : undrained;
}

function untilQuiet(services: Services, cluster: Cluster, node: Node, context: StepContext): Promise<Proof> {
  const balancers = new Map(nodesWith(cluster, "lb").map(({ name, privateIp }) => [privateIp ?? "", name]));
  let quiet = 0;
  return untilHolds(
    services,
    context,
    async () => {
      const { told } = await askNode(services, cluster, node, [connectedTo(80)], context);
      const [connected] = told;
      if (!connected.known) return { ok: false, sentence: `It cannot tell who is connected: ${connected.why}` };
      const from = connected.value.flatMap((address) => balancers.get(address) ?? []);
      quiet = from.length === 0 ? quiet + 1 : 0;
      const ok = quiet >= quietLooks;
      if (from.length === 0)
        return { ok, sentence: ok ? "No balancer is connected." : "No balancer is connected now." };
      return { ok, sentence: `${counted(from.length, "connection")} from ${allOf([...new Set(from)])}.` };
    },
    patienceMs,
  );
}
