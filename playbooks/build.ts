import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import { playbook } from "../src/core/playbook.ts";
import { inspectAfter, inspectBefore } from "./steps/around.ts";
import { loadBlueprint, checkOffer } from "./steps/blueprint.ts";
import { configure } from "./steps/configure.ts";
import { createMachines } from "./steps/create.ts";
import { planBuild } from "./steps/plan-build.ts";
import { prove } from "./steps/prove.ts";
import { loadCluster } from "./status.ts";
import { counted } from "../src/core/words.ts";

const name = "build";
const version = 3;

/** Builds a cluster, or brings it back to its blueprint; ends with proof from outside. */
export const build = playbook({
  name,
  version,
  input: z.object({ name: ClusterName }),
  risk: "reversible",
  cluster: (input) => input.name,
  plan: (context, input) => planBuild(context, input.name, { name, version }),

  async run(run, input) {
    const { services } = run;
    const blueprint = await run.step({ name: "blueprint", title: "Check the blueprint" }, async (context) => {
      const value = await loadBlueprint({ services }, input.name);
      await checkOffer({ ...context, services }, value);
      return { sentence: "Regions and plans are there.", value };
    });
    const before = await inspectBefore(run, blueprint);
    const started = await createMachines(run, blueprint);
    const cluster = await loadCluster(services, input.name);
    const { checked, changed: configured } = await configure(run, cluster);
    const changed = started + configured;
    const proof = await prove(run, cluster);
    const after = await inspectAfter(run, cluster, before);
    return {
      ok: proof.ok,
      verdict: proof.ok
        ? `Built and proven: ${counted(cluster.nodes.length, "node")}, ${counted(checked, "thing")} checked, changed: ${changed}. Visitors reach it at ${cluster.floating.lb.address}.`
        : `Built, but not proven: ${proof.failed.join(" ")}`,
      ...after,
      data: { checked, changed, nodes: cluster.nodes.length, proof: proof.results },
    };
  },
});
