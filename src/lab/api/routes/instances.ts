import { z } from "zod";
import { checkInterfaces, interfacesSchema } from "../interfaces.ts";
import { labelSchema, pathId, readBody, tagsSchema } from "../body.ts";
import { regionById } from "../catalog.ts";
import type { ApiContext, Routes } from "../context.ts";
import { checkDeploy, deployImage, loginFields, planById } from "../deploy.ts";
import { bad, notFound } from "../errors.ts";
import { linodeEntity, setStatus } from "../jobs.ts";
import type { Job } from "../jobs.ts";
import { allocateIpv4, chooseHost } from "../network.ts";
import { paginate } from "../paging.ts";
import { checkRoom } from "./placement.ts";
import type { LinodeRecord } from "../state.ts";
import { now } from "../store.ts";
import { imageEntity } from "../catalog-views.ts";
import { linodeView } from "../views.ts";
import { removeLinode } from "./remove.ts";

const filterable = [
  "id",
  "label",
  "tags",
  "region",
  "image",
  "type",
  "status",
  "group",
  "ipv4",
  "host_uuid",
  "created",
];

const metadata = z
  .strictObject({ user_data: z.string().refine(isBase64, "Must be base64-encoded").nullish() })
  .nullish()
  .transform((value) => value?.user_data ?? null);

const maintenancePolicy = z
  .string()
  .refine(
    (slug): slug is "linode/migrate" | "linode/power_off_on" =>
      slug === "linode/migrate" || slug === "linode/power_off_on",
    "Unsupported maintenance policy slug format.",
  );

const createBody = z.strictObject({
  ...loginFields,
  region: z.string(),
  type: z.string(),
  label: labelSchema.optional(),
  image: z.string().nullish(),
  booted: z.boolean().optional(),
  tags: tagsSchema.optional(),
  group: z.string().optional(),
  private_ip: z.literal(false, { error: "The lab has no private addresses" }).optional(),
  swap_size: z.number().int().min(0).optional(),
  backups_enabled: z.literal(false, { error: "The lab has no backups" }).optional(),
  metadata,
  interfaces: interfacesSchema,
  interface_generation: z.literal("legacy_config", { error: "The lab has no Linode interfaces" }).optional(),
  placement_group: z.strictObject({ id: z.number().int(), compliant_only: z.boolean().optional() }).optional(),
  disk_encryption: z.enum(["enabled", "disabled"]).optional(),
  maintenance_policy: maintenancePolicy.optional(),
});

const updateBody = z.strictObject({
  label: labelSchema.optional(),
  tags: tagsSchema.optional(),
  group: z.string().optional(),
  watchdog_enabled: z.boolean().optional(),
  alerts: z.record(z.enum(["cpu", "io", "network_in", "network_out", "transfer_quota"]), z.number()).optional(),
  maintenance_policy: maintenancePolicy.optional(),
});

const rebuildBody = z.strictObject({
  ...loginFields,
  image: z.string(),
  booted: z.boolean().optional(),
  metadata,
  disk_encryption: z.enum(["enabled", "disabled"]).optional(),
  type: z.string().optional(),
});

function isBase64(text: string): boolean {
  return Buffer.from(text, "base64").toString("base64").replaceAll("=", "") === text.replaceAll("=", "");
}

function requireFreeLabel(context: ApiContext, label: string, except?: LinodeRecord): void {
  if (context.store.state.linodes.some((linode) => linode !== except && linode.label === label))
    throw bad("Label must be unique among your linodes", "label");
}

function rememberTags(context: ApiContext, tags: readonly string[]): void {
  const known = context.store.state.tags;
  for (const tag of tags) if (!known.includes(tag)) known.push(tag);
}

function newLinode(context: ApiContext, body: z.infer<typeof createBody>): LinodeRecord {
  const { store } = context;
  const id = store.nextId("linode");
  const time = now();
  const placementGroup = body.placement_group?.id ?? null;
  rememberTags(context, body.tags ?? []);
  return {
    id,
    label: body.label ?? `linode${String(id)}`,
    region: body.region,
    type: body.type,
    image: null,
    group: body.group ?? "",
    tags: body.tags ?? [],
    status: "provisioning",
    wanted: false,
    hostUuid: chooseHost(store, body.region, placementGroup),
    userData: body.metadata,
    watchdogEnabled: true,
    placementGroup,
    maintenancePolicy: body.maintenance_policy ?? "linode/migrate",
    alerts: { cpu: planById(body.type).vcpus * 90, network_in: 10, network_out: 10, transfer_quota: 80, io: 10_000 },
    bootedConfig: null,
    lassieBoots: [],
    created: time,
    updated: time,
  };
}

/** Writes the disks, then leaves the Linode off. */
function deployJob(context: ApiContext, linode: LinodeRecord, action: string, image: string): Job {
  return {
    action,
    secondary: imageEntity(image),
    work: async (progress) => {
      const disks = context.store.disksOf(linode.id);
      for (const [index, disk] of disks.entries()) {
        await context.jobs.stage();
        disk.status = "ready";
        progress(Math.round(((index + 1) / (disks.length + 1)) * 100));
      }
      await context.jobs.stage();
      setStatus(linode, "offline");
    },
  };
}

function create(context: ApiContext, body: z.infer<typeof createBody>): LinodeRecord {
  const region = regionById(context.regions, body.region);
  const plan = planById(body.type);
  const image = body.image ?? null;
  if (body.label !== undefined) requireFreeLabel(context, body.label);
  if (image !== null) checkDeploy(image, body);
  if (image === null && body.booted === true) throw bad("Linode cannot be booted without a disk.", "booted");
  if (body.placement_group !== undefined) checkRoom(context, body.placement_group.id, region.id);
  const swapMb = body.swap_size ?? 512;
  if (swapMb >= plan.disk) throw bad("Insufficient storage space for the swap disk.", "swap_size");
  checkInterfaces(context, region.id, body.interfaces);
  const linode = newLinode(context, body);
  allocateIpv4(context.store, region, linode.id);
  context.store.state.linodes.push(linode);
  if (image === null) {
    context.jobs.note("linode_create", linodeEntity(linode));
    linode.status = "offline";
    return linode;
  }
  const config = deployImage(context, linode, { ...body, image, swapMb, interfaces: body.interfaces });
  const deploy = deployJob(context, linode, "linode_create", image);
  const boot = context.power.bootJob(linode, config);
  context.jobs.start(linode, deploy, ...(body.booted === false ? [] : [boot]));
  return linode;
}

async function rebuild(context: ApiContext, linode: LinodeRecord, body: z.infer<typeof rebuildBody>): Promise<void> {
  context.jobs.requireIdle(linode.id);
  checkDeploy(body.image, body);
  const { store, hypervisor, jobs, power } = context;
  const old = store.disksOf(linode.id).map((disk) => disk.id);
  const before = store.configsOf(linode.id).find((config) => config.id === linode.bootedConfig);
  const kept = (before ?? store.configsOf(linode.id)[0])?.interfaces ?? [];
  linode.status = "rebuilding";
  linode.wanted = false;
  await hypervisor.powerOff(linode.id);
  store.state.disks = store.state.disks.filter((disk) => disk.linodeId !== linode.id);
  store.state.configs = store.state.configs.filter((config) => config.linodeId !== linode.id);
  await hypervisor.deleteDisks(old);
  if (body.metadata !== null) linode.userData = body.metadata;
  linode.bootedConfig = null;
  const config = deployImage(context, linode, { ...body, swapMb: 512, interfaces: [] });
  config.interfaces = kept;
  const boot = power.bootJob(linode, config);
  const deploy = deployJob(context, linode, "linode_rebuild", body.image);
  jobs.start(linode, deploy, ...(body.booted === false ? [] : [boot]));
}

/** Linodes: create, list, get, update, rebuild, delete. */
export const instanceRoutes: Routes = (app, context) => {
  const view = (linode: LinodeRecord) => linodeView(context.store, regionById(context.regions, linode.region), linode);
  app.get("/linode/instances", async (c) => {
    await Promise.all(context.store.state.linodes.map((linode) => context.power.refresh(linode)));
    const all = context.store.state.linodes.map(view);
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), filterable));
  });
  app.post("/linode/instances", async (c) => {
    const linode = create(context, await readBody(c, createBody));
    return c.json({ ...view(linode), status: "provisioning" });
  });
  app.get("/linode/instances/:id", async (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    await context.power.refresh(linode);
    return c.json(view(linode));
  });
  app.put("/linode/instances/:id", async (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    const body = await readBody(c, updateBody);
    if (body.label !== undefined) requireFreeLabel(context, body.label, linode);
    linode.label = body.label ?? linode.label;
    linode.tags = body.tags ?? linode.tags;
    linode.group = body.group ?? linode.group;
    linode.watchdogEnabled = body.watchdog_enabled ?? linode.watchdogEnabled;
    linode.alerts = { ...linode.alerts, ...body.alerts };
    linode.maintenancePolicy = body.maintenance_policy ?? linode.maintenancePolicy;
    linode.updated = now();
    rememberTags(context, linode.tags);
    context.jobs.note("linode_update", linodeEntity(linode));
    return c.json(view(linode));
  });
  app.post("/linode/instances/:id/rebuild", async (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    await rebuild(context, linode, await readBody(c, rebuildBody));
    return c.json(view(linode));
  });
  app.delete("/linode/instances/:id", (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    if (linode.status === "deleting") throw notFound();
    removeLinode(context, linode);
    return c.json({});
  });
};
