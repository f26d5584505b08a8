import type { ApiContext } from "../context.ts";
import { linodeEntity } from "../jobs.ts";
import { pruneVlans } from "../interfaces.ts";
import type { EventRecord, LinodeRecord } from "../state.ts";

function forget(context: ApiContext, id: number): void {
  const { state } = context.store;
  state.linodes = state.linodes.filter((linode) => linode.id !== id);
  state.disks = state.disks.filter((disk) => disk.linodeId !== id);
  state.configs = state.configs.filter((config) => config.linodeId !== id);
  state.addresses = state.addresses.filter((entry) => entry.linodeId !== id);
  for (const entry of state.addresses) entry.sharedWith = entry.sharedWith.filter((other) => other !== id);
  pruneVlans(context);
}

async function tearDown(context: ApiContext, linode: LinodeRecord, event: EventRecord): Promise<void> {
  await context.jobs.settled(linode.id);
  try {
    await context.hypervisor.powerOff(linode.id);
    await context.hypervisor.remove(linode.id);
    await context.hypervisor.deleteDisks(context.store.disksOf(linode.id).map((disk) => disk.id));
    forget(context, linode.id);
  } catch (error) {
    linode.status = "offline";
    event.status = "failed";
    event.message = error instanceof Error ? error.message : String(error);
  }
  context.store.commit();
}

/** Begins to delete a Linode: it is `deleting` until its machine is gone, then not found. */
export function removeLinode(context: ApiContext, linode: LinodeRecord): void {
  linode.status = "deleting";
  linode.wanted = false;
  const event = context.jobs.note("linode_delete", linodeEntity(linode));
  context.jobs.background(tearDown(context, linode, event));
}
