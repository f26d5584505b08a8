import { z } from "zod";
import { labelSchema, pathId, readBody } from "../body.ts";
import { regionById } from "../catalog.ts";
import type { ApiContext, Routes } from "../context.ts";
import { bad, notFound } from "../errors.ts";
import { chooseHost } from "../network.ts";
import { paginate } from "../paging.ts";
import type { LinodeRecord, PlacementGroupRecord } from "../state.ts";
import { placementGroupView } from "../views.ts";

/** The same in every region (recorded: `maximum_linodes_per_pg`). */
export const maximumMembers = 5;

const filterable = ["id", "label", "region", "placement_group_type", "placement_group_policy", "is_compliant"];

const createBody = z.strictObject({
  label: labelSchema,
  region: z.string(),
  placement_group_type: z.literal("anti_affinity:local"),
  placement_group_policy: z.enum(["strict", "flexible"]),
});
const membersBody = z.strictObject({ linodes: z.array(z.number().int()), compliant_only: z.boolean().optional() });

function groupById(context: ApiContext, id: number): PlacementGroupRecord {
  const group = context.store.state.placementGroups.find((candidate) => candidate.id === id);
  if (group === undefined) throw notFound();
  return group;
}

function members(context: ApiContext, id: number): LinodeRecord[] {
  return context.store.state.linodes.filter((linode) => linode.placementGroup === id);
}

/** Throws what keeps one more Linode of the region from joining the group. */
export function checkRoom(context: ApiContext, id: number, region: string): void {
  const group = context.store.state.placementGroups.find((candidate) => candidate.id === id);
  if (group === undefined) throw bad("Invalid placement group ID", "placement_group.id");
  if (group.region !== region)
    throw bad("Placement group must be in the same region as the Linode.", "placement_group.id");
  if (members(context, id).length >= maximumMembers)
    throw bad("Placement group has reached its maximum number of Linodes.", "placement_group.id");
}

function requireFreeLabel(context: ApiContext, label: string, except?: PlacementGroupRecord): void {
  if (context.store.state.placementGroups.some((group) => group !== except && group.label === label))
    throw bad("Label must be unique among your placement groups", "label");
}

/** The recorded API takes one Linode per call. */
function onlyLinode(context: ApiContext, ids: readonly number[]): LinodeRecord {
  const [id] = ids;
  if (id === undefined || ids.length > 1) throw bad("Must provide exactly one Linode.", "linodes");
  const linode = context.store.state.linodes.find((candidate) => candidate.id === id);
  if (linode === undefined) throw bad(`Invalid Linode ID ${String(id)}`, "linodes");
  return linode;
}

function assign(context: ApiContext, group: PlacementGroupRecord, body: z.infer<typeof membersBody>): void {
  const linode = onlyLinode(context, body.linodes);
  if (linode.placementGroup === group.id) return;
  if (linode.placementGroup !== null) throw bad("Linode is already a member of a placement group.", "linodes");
  checkRoom(context, group.id, linode.region);
  const collides = members(context, group.id).some((member) => member.hostUuid === linode.hostUuid);
  // A strict group refuses what would break it; a flexible one takes it, and the API then moves the Linode.
  if (collides && (group.policy === "strict" || body.compliant_only === true))
    throw bad("Linode does not comply with the placement group's policy.", "linodes");
  if (collides) linode.hostUuid = chooseHost(context.store, linode.region, group.id);
  linode.placementGroup = group.id;
}

/** Placement groups: which Linodes must not share a host. */
export const placementRoutes: Routes = (app, context) => {
  const view = (group: PlacementGroupRecord) => placementGroupView(context.store, group);
  app.get("/placement/groups", (c) => {
    const all = context.store.state.placementGroups.map(view);
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), filterable));
  });
  app.post("/placement/groups", async (c) => {
    const body = await readBody(c, createBody);
    const region = regionById(context.regions, body.region).id;
    requireFreeLabel(context, body.label);
    const id = context.store.nextId("placementGroup");
    const group = { id, label: body.label, region, policy: body.placement_group_policy };
    context.store.state.placementGroups.push(group);
    return c.json(view(group));
  });
  app.get("/placement/groups/:id", (c) => c.json(view(groupById(context, pathId(c, "id")))));
  app.put("/placement/groups/:id", async (c) => {
    const group = groupById(context, pathId(c, "id"));
    const { label } = await readBody(c, z.strictObject({ label: labelSchema }));
    requireFreeLabel(context, label, group);
    group.label = label;
    return c.json(view(group));
  });
  app.delete("/placement/groups/:id", (c) => {
    const group = groupById(context, pathId(c, "id"));
    if (members(context, group.id).length > 0) throw bad("Placement group must be empty before it can be deleted.");
    const { state } = context.store;
    state.placementGroups = state.placementGroups.filter((other) => other !== group);
    return c.json({});
  });
  app.post("/placement/groups/:id/assign", async (c) => {
    const group = groupById(context, pathId(c, "id"));
    assign(context, group, await readBody(c, membersBody));
    return c.json(view(group));
  });
  app.post("/placement/groups/:id/unassign", async (c) => {
    const group = groupById(context, pathId(c, "id"));
    const linode = onlyLinode(context, (await readBody(c, membersBody)).linodes);
    if (linode.placementGroup !== group.id) throw bad("Linode is not a member of this placement group.", "linodes");
    linode.placementGroup = null;
    return c.json(view(group));
  });
};
