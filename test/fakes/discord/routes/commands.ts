import type { Hono } from "hono";
import { readBody } from "../body.ts";
import { refusals } from "../errors.ts";
import type { Setting } from "../setting.ts";

/** The commands of the application in a guild. */
export function commandRoutes(routes: Hono, { world, commands }: Setting): void {
  const base = "/applications/:application/guilds/:guild/commands";
  /** The guild, if the application is ours and installed there. */
  const guildOf = (application: string, guild: string): string => {
    if (application !== world.application.id) throw refusals.unknownApplication();
    return world.guildOfBot(guild).id;
  };
  routes.get(base, (c) => {
    const guild = guildOf(c.req.param("application"), c.req.param("guild"));
    return c.json(commands.of(guild).map((each) => commands.view(guild, each)));
  });
  routes.put(base, async (c) => {
    const guild = guildOf(c.req.param("application"), c.req.param("guild"));
    const { json } = await readBody(c);
    return c.json(commands.overwrite(guild, json).map((each) => commands.view(guild, each)));
  });
  routes.post(base, async (c) => {
    const guild = guildOf(c.req.param("application"), c.req.param("guild"));
    const { json } = await readBody(c);
    const { command, created } = commands.put(guild, json);
    return c.json(commands.view(guild, command), created ? 201 : 200);
  });
  routes.get(`${base}/:command`, (c) => {
    const guild = guildOf(c.req.param("application"), c.req.param("guild"));
    return c.json(commands.view(guild, commands.get(guild, c.req.param("command"))));
  });
  routes.patch(`${base}/:command`, async (c) => {
    const guild = guildOf(c.req.param("application"), c.req.param("guild"));
    const { json } = await readBody(c);
    return c.json(commands.view(guild, commands.change(guild, c.req.param("command"), json)));
  });
  routes.delete(`${base}/:command`, (c) => {
    commands.remove(guildOf(c.req.param("application"), c.req.param("guild")), c.req.param("command"));
    return c.body(null, 204);
  });
}
