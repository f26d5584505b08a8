import { z } from "zod";
import { pathId, readBody } from "../body.ts";
import type { ApiContext, Routes } from "../context.ts";
import { bad } from "../errors.ts";
import type { LinodeRecord } from "../state.ts";

const configBody = z.strictObject({ config_id: z.number().int().nullish() });

function idleLinode(context: ApiContext, id: number): LinodeRecord {
  const linode = context.store.linode(id);
  if (linode.status === "deleting") throw bad("Linode is not active");
  context.jobs.requireIdle(id);
  return linode;
}

/** Boot, reboot, shutdown. Each answers `{}` at once; events tell how it went. */
export const powerRoutes: Routes = (app, context) => {
  app.post("/linode/instances/:id/boot", async (c) => {
    const body = await readBody(c, configBody);
    const linode = idleLinode(context, pathId(c, "id"));
    const config = context.power.chooseConfig(linode, body.config_id ?? null);
    if (await context.hypervisor.isRunning(linode.id)) throw bad(`Linode ${String(linode.id)} already booted.`);
    context.jobs.requireIdle(linode.id);
    context.jobs.start(linode, context.power.bootJob(linode, config));
    return c.json({});
  });
  app.post("/linode/instances/:id/reboot", async (c) => {
    const body = await readBody(c, configBody);
    const linode = idleLinode(context, pathId(c, "id"));
    const config = context.power.chooseConfig(linode, body.config_id ?? null);
    context.jobs.start(linode, context.power.bootJob(linode, config, "linode_reboot"));
    return c.json({});
  });
  app.post("/linode/instances/:id/shutdown", async (c) => {
    await readBody(c, z.strictObject({}));
    const linode = idleLinode(context, pathId(c, "id"));
    context.jobs.start(linode, context.power.shutdownJob(linode));
    return c.json({});
  });
};
