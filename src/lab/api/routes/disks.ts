import { z } from "zod";
import { pathId, readBody, shortLabelSchema } from "../body.ts";
import type { ApiContext, Routes } from "../context.ts";
import { addDisk, checkDeploy, loginFields, planById } from "../deploy.ts";
import { bad, notFound } from "../errors.ts";
import type { Job } from "../jobs.ts";
import { paginate } from "../paging.ts";
import type { DiskRecord, EntityRecord, LinodeRecord } from "../state.ts";
import { now } from "../store.ts";
import { diskView } from "../views.ts";

const filterable = ["id", "label", "filesystem", "size", "status"];

const createBody = z.strictObject({
  ...loginFields,
  label: shortLabelSchema.optional(),
  size: z.number().int(),
  filesystem: z.enum(["raw", "swap", "ext3", "ext4", "initrd"]).optional(),
  image: z.string().nullish(),
});

function diskEntity(disk: DiskRecord): EntityRecord {
  const url = `/v4/linode/instances/${String(disk.linodeId)}/disks/${String(disk.id)}`;
  return { id: disk.id, type: "disk", label: disk.label, url };
}

function diskById(context: ApiContext, linodeId: number, id: number): DiskRecord {
  context.store.linode(linodeId);
  const disk = context.store.disksOf(linodeId).find((candidate) => candidate.id === id);
  // A disk that was just created is in the list, but not found by its id (linodego works around it).
  if (disk === undefined || disk.status === "not ready") throw notFound();
  return disk;
}

function create(context: ApiContext, linode: LinodeRecord, body: z.infer<typeof createBody>): DiskRecord {
  context.jobs.requireIdle(linode.id);
  const image = body.image ?? null;
  if (image !== null) {
    checkDeploy(image, body);
  } else if (body.root_pass !== undefined || body.authorized_keys !== undefined) {
    throw bad("Must provide an image to set a password or keys.", "image");
  }
  const disk = addDisk(context, linode, {
    label: body.label ?? `Disk ${String(context.store.disksOf(linode.id).length + 1)}`,
    sizeMb: body.size,
    filesystem: body.filesystem ?? "ext4",
    image,
    login: body,
  });
  if (image !== null) linode.image = image;
  context.jobs.start(linode, {
    action: "disk_create",
    secondary: diskEntity(disk),
    work: async (progress) => {
      progress(41);
      await context.jobs.stage();
      disk.status = "ready";
    },
  });
  return disk;
}

function requireUnused(context: ApiContext, linode: LinodeRecord, disk: DiskRecord): void {
  const config = context.store.configsOf(linode.id).find((candidate) => candidate.id === linode.bootedConfig);
  const used = Object.values(config?.devices ?? {}).includes(disk.id);
  if (used && linode.status !== "offline") throw bad("The disk is in use by a running Linode.");
}

function deleteJob(context: ApiContext, disk: DiskRecord): Job {
  return {
    action: "disk_delete",
    secondary: diskEntity(disk),
    work: async () => {
      await context.hypervisor.deleteDisks([disk.id]);
      const { state } = context.store;
      state.disks = state.disks.filter((other) => other !== disk);
      for (const config of context.store.configsOf(disk.linodeId))
        config.devices = Object.fromEntries(Object.entries(config.devices).filter(([, id]) => id !== disk.id));
    },
  };
}

function resize(context: ApiContext, linode: LinodeRecord, disk: DiskRecord, size: number): void {
  requireUnused(context, linode, disk);
  const others = context.store
    .disksOf(linode.id)
    .filter((other) => other !== disk)
    .reduce((sum, other) => sum + other.sizeMb, 0);
  if (size < 1 || others + size > planById(linode.type).disk)
    throw bad("Insufficient storage space to resize the disk.", "size");
  context.jobs.start(linode, {
    action: "disk_resize",
    secondary: diskEntity(disk),
    work: async () => {
      await context.jobs.stage();
      disk.sizeMb = size;
      disk.updated = now();
    },
  });
}

/** Disks of a Linode. Creating, resizing and deleting are jobs. */
export const diskRoutes: Routes = (app, context) => {
  app.get("/linode/instances/:id/disks", (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    const all = context.store.disksOf(linode.id).map(diskView);
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), filterable));
  });
  app.post("/linode/instances/:id/disks", async (c) => {
    const linode = context.store.linode(pathId(c, "id"));
    return c.json(diskView(create(context, linode, await readBody(c, createBody))));
  });
  app.get("/linode/instances/:id/disks/:disk", (c) =>
    c.json(diskView(diskById(context, pathId(c, "id"), pathId(c, "disk")))),
  );
  app.put("/linode/instances/:id/disks/:disk", async (c) => {
    const disk = diskById(context, pathId(c, "id"), pathId(c, "disk"));
    const body = await readBody(c, z.strictObject({ label: shortLabelSchema.optional() }));
    disk.label = body.label ?? disk.label;
    disk.updated = now();
    return c.json(diskView(disk));
  });
  app.post("/linode/instances/:id/disks/:disk/resize", async (c) => {
    const disk = diskById(context, pathId(c, "id"), pathId(c, "disk"));
    const { size } = await readBody(c, z.strictObject({ size: z.number().int() }));
    context.jobs.requireIdle(disk.linodeId);
    resize(context, context.store.linode(disk.linodeId), disk, size);
    return c.json({});
  });
  app.delete("/linode/instances/:id/disks/:disk", (c) => {
    const disk = diskById(context, pathId(c, "id"), pathId(c, "disk"));
    const linode = context.store.linode(disk.linodeId);
    context.jobs.requireIdle(linode.id);
    requireUnused(context, linode, disk);
    disk.status = "deleting";
    context.jobs.start(linode, deleteJob(context, disk));
    return c.json({});
  });
};
