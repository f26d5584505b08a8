import { nodesWith, pairRoles, type Cluster, type PairRole } from "../../src/core/cluster.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { Run, StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { drbdStatus } from "../../src/ops/drbd.ts";
import { pairStatus } from "../../src/ops/pacemaker.ts";
import { drbdName } from "../../src/policy/nfs.ts";
import { drbdConnected, pairOnline, pairServes } from "../../src/policy/ready.ts";
import { untilHolds, type Proof } from "./until-holds.ts";

/** Waits until both nodes of every pair see one another, and the storage pair's disks as well. */
export async function pairsOnline(run: Run, cluster: Cluster): Promise<void> {
  await forPairs(run, "online", "Both nodes see one another", async (services, role, context) => {
    const waiting = await Promise.all(
      nodesWith(cluster, role).map(async (node) => {
        const target = services.fleet(cluster.blueprint.name, node);
        const patience = { signal: context.signal, deadlineMs: 30_000 };
        const [status] = await target.read([pairStatus], patience);
        const offline = pairOnline(cluster, role, status);
        if (offline !== undefined || role !== "nfs") return offline;
        const [disk] = await target.read([drbdStatus(drbdName)], patience);
        return drbdConnected(disk);
      }),
    );
    return waiting.find((reason) => reason !== undefined);
  });
}

/** Waits until every pair serves its floating address. */
export async function pairsServe(run: Run, cluster: Cluster): Promise<void> {
  await forPairs(run, "serves", "The floating address is up", async (services, role, context) => {
    const [node] = nodesWith(cluster, role);
    if (node === undefined) return "there is no such node";
    const target = services.fleet(cluster.blueprint.name, node);
    const [status] = await target.read([pairStatus], { signal: context.signal, deadlineMs: 30_000 });
    return pairServes(status);
  });
}

type Look = (services: Services, role: PairRole, context: StepContext) => Promise<string | undefined>;

async function forPairs(run: Run, name: string, title: string, look: Look): Promise<void> {
  await run.parallel(pairRoles, (role) =>
    run.step({ name: `${name} ${role}`, title: `${role}: ${title.toLowerCase()}` }, async (context) => {
      const proof = await untilHolds(run.services, context, async (): Promise<Proof> => {
        const waiting = await look(run.services, role, context);
        return { ok: waiting === undefined, sentence: waiting ?? `${title}.` };
      });
      if (proof.ok) return { sentence: proof.sentence };
      throw new OpsError({
        code: "not_settled",
        message: `The ${role} pair did not come to rest: ${proof.sentence}.`,
        state: "Everything done so far stays as it is.",
        hint: `Look at crm_mon on ${role}1 and ${role}2, then give the same command again: it carries on here.`,
      });
    }),
  );
}
