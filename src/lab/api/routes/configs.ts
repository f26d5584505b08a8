import { z } from "zod";
import { pathId, readBody, shortLabelSchema } from "../body.ts";
import { kernels } from "../catalog.ts";
import type { ApiContext, Routes } from "../context.ts";
import { newConfig } from "../deploy.ts";
import { bad, notFound } from "../errors.ts";
import { allocateInterfaces, interfacesSchema, pruneVlans } from "../interfaces.ts";
import { linodeEntity } from "../jobs.ts";
import { paginate } from "../paging.ts";
import { deviceSlots } from "../state.ts";
import type { ConfigRecord, LinodeRecord } from "../state.ts";
import { now } from "../store.ts";
import { configView } from "../views.ts";

const filterable = ["id", "label", "kernel", "interfaces"];

const device = z
  .strictObject({ disk_id: z.number().int().nullish(), volume_id: z.null().optional() })
  .nullish()
  .transform((value) => value?.disk_id ?? null);

const fields = {
  comments: z.string().nullish(),
  kernel: z.string().optional(),
  root_device: z.string().nullish(),
  memory_limit: z.number().int().min(0).optional(),
  run_level: z.enum(["default", "single", "binbash"]).optional(),
  virt_mode: z.enum(["paravirt", "fullvirt"]).optional(),
  helpers: z
    .strictObject({
      updatedb_disabled: z.boolean().optional(),
      distro: z.boolean().optional(),
      modules_dep: z.boolean().optional(),
      network: z.boolean().optional(),
      devtmpfs_automount: z.boolean().optional(),
    })
    .nullish(),
  interfaces: interfacesSchema,
  initrd: z.null().optional(),
  // The official Go client sends this misspelt name, and the API takes it (recorded).
  init_rd: z.null().optional(),
};
const devices = z.partialRecord(z.enum(deviceSlots), device);
const createBody = z.strictObject({ ...fields, label: shortLabelSchema, devices });
const updateBody = z.strictObject({ ...fields, label: shortLabelSchema.optional(), devices: devices.optional() });

type ConfigInput = z.infer<typeof updateBody>;

function checkedDevices(context: ApiContext, linodeId: number, input: z.infer<typeof devices>) {
  const own = new Set(context.store.disksOf(linodeId).map((disk) => disk.id));
  const chosen = deviceSlots.flatMap((slot) => {
    const id = input[slot] ?? null;
    if (id === null) return [];
    if (!own.has(id)) throw bad("Invalid disk id", `devices.${slot}.disk_id`);
    return [[slot, id] as const];
  });
  if (new Set(chosen.map(([, id]) => id)).size < chosen.length) throw bad("A disk can be in one slot only.", "devices");
  return Object.fromEntries(chosen);
}

function apply(
  context: ApiContext,
  linode: LinodeRecord,
  config: ConfigRecord,
  body: ConfigInput,
  sent: boolean,
): void {
  if (body.kernel !== undefined && !kernels.some((kernel) => kernel.id === body.kernel))
    throw bad("kernel is not valid", "kernel");
  const chosen = body.devices === undefined ? config.devices : checkedDevices(context, linode.id, body.devices);
  const wanted = body.interfaces;
  // Sent or not is the question: an empty list removes them all.
  if (sent) config.interfaces = allocateInterfaces(context, linode.region, wanted);
  config.devices = chosen;
  config.label = body.label ?? config.label;
  config.kernel = body.kernel ?? config.kernel;
  config.comments = body.comments ?? config.comments;
  config.rootDevice = body.root_device ?? config.rootDevice;
  config.memoryLimit = body.memory_limit ?? config.memoryLimit;
  config.runLevel = body.run_level ?? config.runLevel;
  config.virtMode = body.virt_mode ?? config.virtMode;
  for (const [name, value] of Object.entries(body.helpers ?? {}))
    if (value !== undefined) config.helpers = { ...config.helpers, [name]: value };
  config.updated = now();
}

function configById(context: ApiContext, linode: LinodeRecord, id: number): ConfigRecord {
  const config = context.store.configsOf(linode.id).find((candidate) => candidate.id === id);
  if (config === undefined) throw notFound();
  return config;
}

/** Configuration profiles of a Linode: what it boots from and which networks it is on. */
export const configRoutes: Routes = (app, context) => {
  app.get("/linode/instances/:id/configs", (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    const all = context.store.configsOf(linode.id).map((config) => configView(config, linode));
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), filterable));
  });
  app.post("/linode/instances/:id/configs", async (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    const body = await readBody(c, createBody);
    const config = newConfig(context, linode, body.label);
    apply(context, linode, config, body, true);
    context.store.state.configs.push(config);
    context.jobs.note("linode_config_create", linodeEntity(linode));
    return c.json(configView(config, linode));
  });
  app.get("/linode/instances/:id/configs/:config", (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    return c.json(configView(configById(context, linode, pathId(c, "config")), linode));
  });
  app.put("/linode/instances/:id/configs/:config", async (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    const config = configById(context, linode, pathId(c, "config"));
    const sent = z
      .looseObject({})
      .catch({})
      .parse(await c.req.json());
    apply(context, linode, config, await readBody(c, updateBody), sent.interfaces != null);
    pruneVlans(context);
    context.jobs.note("linode_config_update", linodeEntity(linode));
    return c.json(configView(config, linode));
  });
  app.delete("/linode/instances/:id/configs/:config", (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    const config = configById(context, linode, pathId(c, "config"));
    context.jobs.requireIdle(linode.id);
    context.store.state.configs = context.store.state.configs.filter((other) => other !== config);
    pruneVlans(context);
    context.jobs.note("linode_config_delete", linodeEntity(linode));
    return c.json({});
  });
  app.get("/linode/instances/:id/configs/:config/interfaces", (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    return c.json(configView(configById(context, linode, pathId(c, "config")), linode).interfaces);
  });
};
