import { nodesWith, type Cluster } from "../../src/core/cluster.ts";
import type { StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { checkName, nagiosState, type NagiosCheck } from "../../src/ops/facts/nagios.ts";
import { untilHolds, type Proof } from "./until-holds.ts";

/** Nagios on admin has checked every host and service of the cluster, and all are well. */
export function nagiosProof(services: Services, cluster: Cluster, context: StepContext): Promise<Proof> {
  return untilHolds(services, context, async () => {
    const [admin] = nodesWith(cluster, "admin");
    if (admin === undefined) return { ok: false, sentence: "There is no admin node." };
    const target = services.fleet(cluster.blueprint.name, admin);
    const [{ checks }] = await target.read([nagiosState], { signal: context.signal, deadlineMs: 15_000 });
    return judgeNagios(cluster, checks);
  });
}

/** Every node must be there as a host, and everything that is there must have been checked and be well. */
function judgeNagios(cluster: Cluster, checks: readonly NagiosCheck[]): Proof {
  const missing = cluster.nodes.filter(
    ({ name }) => !checks.some(({ host, service }) => host === name && service === null),
  );
  if (missing.length > 0) {
    return { ok: false, sentence: `Nagios does not watch ${missing.map(({ name }) => name).join(", ")}.` };
  }
  const pending = checks.filter(({ checked }) => !checked);
  if (pending.length > 0) return { ok: false, sentence: `Nagios has ${pending.length} checks still to make.` };
  const bad = checks.filter(({ state }) => state !== "ok");
  const [first] = bad;
  return first === undefined
    ? { ok: true, sentence: `All ${checks.length} hosts and services are green.` }
    : { ok: false, sentence: `${bad.length} of ${checks.length} checks fail; ${checkName(first)}: ${first.says}` };
}
