import type { Cluster, Node } from "../../src/core/cluster.ts";
import { OpsError, toFailure } from "../../src/core/errors.ts";
import type { Fact } from "../../src/core/fact.ts";
import type { Run, StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { sh } from "../../src/core/shell.ts";
import { counted } from "../../src/core/words.ts";
import { updateInventory } from "./create.ts";

/** A new machine answered after 65 s at Linode and after 10 to 60 s in the lab; five minutes mean that it never will. */
const patienceMs = 300_000;
const tryMs = 15_000;
const pauseMs = 1000;

const ready: Fact<boolean> = {
  name: "ready",
  // Where cloud-init is at work, the machine is not done booting before it is.
  script: sh`if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null 2>&1 || true; fi; echo ready`,
  parse: (output) => output.trim() === "ready",
};

/** Waits until a node answers over SSH, on 322 or still on 22. */
export async function reachNode(run: Run, cluster: Cluster, node: Node): Promise<void> {
  await run.step({ name: `reach ${node.name}`, title: `Reach ${node.name}`, node: node.name }, async (context) => {
    await reach(run.services, cluster, node, context);
    return { sentence: `${node.name} answers at ${node.ipv4.address}.` };
  });
}

/** Keeps in the inventory on which port a node is reached. */
export async function rememberPort(services: Services, cluster: Cluster, node: Node, port: 22 | 322): Promise<void> {
  await updateInventory(services, cluster.blueprint.name, (inventory) => {
    const known = inventory.nodes[node.name];
    if (known === undefined) return inventory;
    return { ...inventory, nodes: { ...inventory.nodes, [node.name]: { ...known, sshPort: port } } };
  });
}

async function reach(services: Services, cluster: Cluster, node: Node, context: StepContext): Promise<void> {
  const end = services.clock.now() + patienceMs;
  for (;;) {
    try {
      const target = services.fleet(cluster.blueprint.name, node);
      await target.read([ready], { signal: context.signal, deadlineMs: tryMs });
      return;
    } catch (error) {
      context.signal.throwIfAborted();
      const { code, message } = toFailure(error);
      if (code === "host_key_changed") throw error;
      if (services.clock.now() > end) throw neverAnswered(node, message);
      context.say(`waiting for sshd: ${message}`);
      await services.clock.sleep(pauseMs, context.signal);
    }
  }
}

function neverAnswered(node: Node, last: string): OpsError {
  return new OpsError({
    code: "unreachable",
    node: node.name,
    message: `It did not answer over SSH within ${counted(patienceMs / 60_000, "minute")} (${last}).`,
    state: `The machine exists (Linode ${node.linodeId}) and costs money; nothing was changed on it.`,
    hint: "Look at its console at the provider, then give the same command again: it carries on here.",
  });
}
