import { createPlacementGroup, deletePlacementGroup, getPlacementGroups } from "@linode/api-v4";
import { z } from "zod";
import type { CloudContext, CloudPlacementGroup } from "../core/cloud.ts";
import { OpsError } from "../core/errors.ts";
import type { LinodeClient } from "./client.ts";
import { placementGroupWire } from "./wire.ts";

/** All placement groups whose label begins so. */
export async function listGroups(
  client: LinodeClient,
  prefix: string,
  context: CloudContext,
): Promise<CloudPlacementGroup[]> {
  const call = { what: "list the placement groups", schema: placementGroupWire };
  const all = await client.all(call, (params) => getPlacementGroups(params), context);
  return all
    .filter((group) => group.label.startsWith(prefix))
    .map(({ id, label, region, members }) => ({ id, label, region, members: members.map((m) => m.linode_id) }));
}

async function find(client: LinodeClient, label: string, context: CloudContext): Promise<CloudPlacementGroup | null> {
  return (await listGroups(client, label, context)).find((group) => group.label === label) ?? null;
}

/** Throws when there is no group with that label. */
export async function placementGroupId(client: LinodeClient, label: string, context: CloudContext): Promise<number> {
  const group = await find(client, label, context);
  if (group !== null) return group.id;
  throw new OpsError({
    code: "cloud_unknown_placement_group",
    message: `There is no placement group ${label}.`,
    hint: "Run the build again; it makes the group before the nodes.",
  });
}

/** See `Cloud.ensurePlacementGroup`. */
export async function ensureGroup(
  client: LinodeClient,
  label: string,
  region: string,
  context: CloudContext,
): Promise<number> {
  const existing = await find(client, label, context);
  if (existing !== null && existing.region !== region)
    throw new OpsError({
      code: "cloud_foreign_placement_group",
      message: `The placement group ${label} exists in ${existing.region}, not in ${region}.`,
      hint: "Delete it, or give the cluster another name.",
      state: "Nothing was changed.",
    });
  if (existing !== null) return existing.id;
  const send = (): Promise<unknown> =>
    createPlacementGroup({
      label,
      region,
      placement_group_type: "anti_affinity:local",
      // A pair that shares a host would be no pair: better none than such a one.
      placement_group_policy: "strict",
    });
  const what = `make the placement group ${label}`;
  const found = (): Promise<CloudPlacementGroup | null> => find(client, label, context);
  return (await client.call({ what, schema: z.object({ id: z.number() }), send, found }, context)).id;
}

/** See `Cloud.deletePlacementGroup`. */
export async function deleteGroup(client: LinodeClient, label: string, context: CloudContext): Promise<void> {
  const group = await find(client, label, context);
  if (group === null) return;
  const send = (): Promise<unknown> => deletePlacementGroup(group.id);
  const found = async () => ((await find(client, label, context)) === null ? true : null);
  await client.call({ what: `delete the placement group ${label}`, schema: z.unknown(), send, found }, context);
}
