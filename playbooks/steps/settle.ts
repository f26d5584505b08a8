import { nodesWith, type Cluster, type PairRole } from "../../src/core/cluster.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { Run, StepContext } from "../../src/core/playbook.ts";
import { drbdState } from "../../src/ops/facts/drbd.ts";
import { pairStatus } from "../../src/ops/facts/pair.ts";
import { waitingForAddress, waitingForDrbd, waitingForPair } from "../../src/policy/ready.ts";
import { untilHolds, type Proof } from "./until-holds.ts";

/** Waits until both nodes of a pair see one another, and the storage pair's disks as well. */
export async function pairOnline(run: Run, cluster: Cluster, role: PairRole): Promise<void> {
  await untilRest(run, `online ${role}`, role, "Both nodes see one another", async (context) => {
    const waiting = await Promise.all(
      nodesWith(cluster, role).map(async (node) => {
        const target = run.services.fleet(cluster.blueprint.name, node);
        const patience = { signal: context.signal, deadlineMs: 30_000 };
        const [status, disk] = await target.read([pairStatus, drbdState], patience);
        return waitingForPair(cluster, role, status) ?? (role === "nfs" ? waitingForDrbd(disk) : undefined);
      }),
    );
    return waiting.find((reason) => reason !== undefined);
  });
}

/** Waits until a pair serves its floating address. */
export async function pairServes(run: Run, cluster: Cluster, role: PairRole): Promise<void> {
  await untilRest(run, `serves ${role}`, role, "The floating address is up", async (context) => {
    const [node] = nodesWith(cluster, role);
    if (node === undefined) return "there is no such node";
    const target = run.services.fleet(cluster.blueprint.name, node);
    const [status] = await target.read([pairStatus], { signal: context.signal, deadlineMs: 30_000 });
    return waitingForAddress(status);
  });
}

/** Looks until there is nothing left to wait for; `look` says in words what there is. */
async function untilRest(
  run: Run,
  name: string,
  role: PairRole,
  title: string,
  look: (context: StepContext) => Promise<string | undefined>,
): Promise<void> {
  await run.step({ name, title: `${role}: ${title.toLowerCase()}` }, async (context) => {
    const proof = await untilHolds(run.services, context, async (): Promise<Proof> => {
      const waiting = await look(context);
      return { ok: waiting === undefined, sentence: waiting ?? `${title}.` };
    });
    if (proof.ok) return { sentence: proof.sentence };
    throw new OpsError({
      code: "not_settled",
      message: `The ${role} pair did not come to rest: ${proof.sentence}.`,
      state: "Everything done so far stays as it is.",
      hint: `Look at crm_mon on ${role}1 and ${role}2, then give the same command again: it carries on here.`,
    });
  });
}
