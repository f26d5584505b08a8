import type { Cluster, Node } from "../../src/core/cluster.ts";
import { inParallel, type Run, type StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { listening } from "../../src/ops/facts/listening.ts";
import { scan } from "../../src/ops/facts/scan.ts";
import { disagreements, expected, knockedPorts } from "../../src/policy/reachability.ts";
import { isFine, verdictOf } from "../../src/policy/finding.ts";
import { truth } from "../../src/policy/truth/rows.ts";
import { lookAt } from "../../src/look/look.ts";
import { nagiosProof } from "./prove-nagios.ts";
import { pageProof } from "./prove-page.ts";
import { untilHolds, type Proof } from "./until-holds.ts";

/** All proofs together. */
export interface Proven {
  readonly ok: boolean;
  readonly failed: readonly string[];
  readonly results: Readonly<Record<string, boolean>>;
}

/** What is proven, in this order; the first ones must hold before the others can. */
const proofs: readonly { name: string; title: string; prove: Prove }[] = [
  { name: "truth", title: "addresses and replication", prove: truthProof },
  { name: "page", title: "the page", prove: pageProof },
  { name: "nagios", title: "Nagios", prove: nagiosProof },
  { name: "flows", title: "the firewalls", prove: flowsProof },
];

type Prove = (services: Services, cluster: Cluster, context: StepContext) => Promise<Proof>;

/** Proves from outside that the cluster does what it is for. A proof that does not hold is a result, not an error. */
export async function prove(run: Run, cluster: Cluster): Promise<Proven> {
  const results: Record<string, boolean> = {};
  const failed: string[] = [];
  for (const { name, title, prove: look } of proofs) {
    const proof = await run.step({ name: `prove ${name}`, title: `Prove: ${title}` }, async (context) => {
      const value = await look(run.services, cluster, context);
      return { sentence: value.sentence, value };
    });
    results[name] = proof.ok;
    if (!proof.ok) failed.push(proof.sentence);
  }
  return { ok: failed.length === 0, failed, results };
}

function truthProof(services: Services, cluster: Cluster, context: StepContext): Promise<Proof> {
  return untilHolds(services, context, async () => {
    const findings = truth(await lookAt(services, cluster, context)).flatMap((row) => row.findings);
    const ok = isFine(findings);
    const sentence = ok
      ? "Each floating address is on one node, replication runs both ways, the disks are UpToDate/UpToDate."
      : verdictOf(findings);
    return { ok, sentence };
  });
}

/** Every node knocks at every other one, and the internet at all, on all ports of the matrix and all that listen. */
async function flowsProof(services: Services, cluster: Cluster, context: StepContext): Promise<Proof> {
  const patience = { signal: context.signal, deadlineMs: 60_000 };
  const target = (node: Node) => services.fleet(cluster.blueprint.name, node);
  const open = await inParallel(cluster.nodes, async (node) => (await target(node).read([listening], patience))[0]);
  const ports = [...new Set([...knockedPorts(), ...open.flat()])].toSorted((a, b) => a - b);
  let knocks = 0;
  const wrong = await inParallel(cluster.nodes, async (node) => {
    const wanted = expected(cluster, node);
    knocks += wanted.length * ports.length;
    const [found] = await target(node).read([scan(wanted.map(({ address }) => ({ address, ports })))], patience);
    return disagreements(node.name, wanted, found);
  });
  const wanted = expected(cluster, "internet").filter(({ address }) => !address.includes(":"));
  const found = await services.outside.scan(
    wanted.map(({ address }) => ({ address, ports })),
    context.signal,
  );
  const outsideWrong = found === null ? [] : disagreements("The internet", wanted, found);
  knocks += found === null ? 0 : wanted.length * ports.length;
  const all = [...wrong.flat(), ...outsideWrong];
  const strangers = found === null ? " The internet side could not be tried: there is no address to try it from." : "";
  const [first] = all;
  return first === undefined
    ? { ok: true, sentence: `${knocks} knocks from ${cluster.nodes.length} nodes and outside agree.${strangers}` }
    : { ok: false, sentence: `${all.length} of ${knocks} knocks disagree with the flow matrix: ${first}` };
}
