import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { PermissionFlagsBits as Permit } from "discord-api-types/v10";
import { z } from "zod";
import type { FakeDiscord } from "./fake.ts";
import { channelPermissions } from "./permissions.ts";
import { ClientRefusal } from "./refusal.ts";

const files: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
  "style-forms.css": "text/css; charset=utf-8",
  "app.js": "text/javascript; charset=utf-8",
  "composer.js": "text/javascript; charset=utf-8",
  "components.js": "text/javascript; charset=utf-8",
  "markdown.js": "text/javascript; charset=utf-8",
  "modal.js": "text/javascript; charset=utf-8",
  "dom.js": "text/javascript; charset=utf-8",
};
const value = z.union([z.string(), z.number(), z.boolean()]);
const modalValue = z.union([z.string(), z.boolean(), z.array(z.string())]);
const who = { as: z.string(), in: z.string() };

/** What the page lets a person do. */
const deed = z.discriminatedUnion("kind", [
  z.object({ ...who, kind: z.literal("command"), command: z.string(), values: z.record(z.string(), value) }),
  z.object({
    ...who,
    kind: z.literal("complete"),
    command: z.string(),
    values: z.record(z.string(), value),
    focused: z.string(),
  }),
  z.object({ ...who, kind: z.literal("click"), message: z.string(), component: z.string() }),
  z.object({
    ...who,
    kind: z.literal("select"),
    message: z.string(),
    component: z.string(),
    values: z.array(z.string()),
  }),
  z.object({ ...who, kind: z.literal("submit"), opener: z.string(), values: z.record(z.string(), modalValue) }),
  z.object({ ...who, kind: z.literal("dismiss"), opener: z.string() }),
]);

/** A Discord in the browser: what a person sees, live, and what a person does. */
export function pageRoutes(discord: FakeDiscord): Hono {
  const app = new Hono();
  const file = (name: string) => readFileSync(new URL(`page/${name}`, import.meta.url));
  app.get("/", (c) => c.body(file("index.html"), 200, { "content-type": files["index.html"] ?? "" }));
  app.get("/page/state", (c) => c.json(stateFor(discord, c.req.query("as") ?? "", c.req.query("in") ?? "")));
  app.get("/page/events", (c) =>
    streamSSE(c, async (stream) => {
      let changed = Promise.withResolvers<void>();
      const stop = discord.hub.listen(() => changed.resolve());
      stream.onAbort(() => {
        stop();
        changed.resolve();
      });
      while (!stream.aborted) {
        await stream.writeSSE({ data: "changed" });
        await changed.promise;
        changed = Promise.withResolvers();
      }
    }),
  );
  app.post("/page/act", async (c) => {
    const wanted = deed.safeParse(await c.req.json());
    if (!wanted.success) return c.json({ message: z.prettifyError(wanted.error) }, 400);
    try {
      return c.json(await act(discord, wanted.data));
    } catch (error) {
      if (error instanceof ClientRefusal) return c.json({ message: error.message }, 400);
      throw error;
    }
  });
  app.get("/page/:file", (c) => {
    const type = files[c.req.param("file")];
    return type === undefined ? c.notFound() : c.body(file(c.req.param("file")), 200, { "content-type": type });
  });
  app.get("/attachments/:channel/:id/:name", (c) => {
    const all = discord.setting.messages.all.map((message) => message.files.get(c.req.param("id")));
    const upload = all.find((each) => each !== undefined);
    return upload === undefined
      ? c.notFound()
      : c.body(Buffer.from(upload.bytes), 200, { "content-type": upload.type || "application/octet-stream" });
  });
  return app;
}

function messageOf(discord: FakeDiscord, id: string) {
  const message = discord.setting.messages.find(id);
  if (message === undefined) throw new ClientRefusal("the message is gone");
  return message;
}

async function act(discord: FakeDiscord, wanted: z.infer<typeof deed>): Promise<unknown> {
  const person = discord.as(wanted.as).in(wanted.in);
  const openerOf = (id: string) => {
    const opener = discord.interactions.find(({ wire, userId }) => wire.id === id && userId === wanted.as);
    if (opener === undefined) throw new ClientRefusal("no modal is open");
    return opener;
  };
  switch (wanted.kind) {
    case "command":
      return { id: person.types(wanted.command, wanted.values).wire.id };
    case "complete":
      return { choices: await person.completes(wanted.command, wanted.values, wanted.focused) };
    case "click":
      return { id: person.clicks(messageOf(discord, wanted.message), wanted.component).wire.id };
    case "select":
      return { id: person.selects(messageOf(discord, wanted.message), wanted.component, wanted.values).wire.id };
    case "submit":
      return { id: person.submits(openerOf(wanted.opener), wanted.values).wire.id };
    case "dismiss":
      openerOf(wanted.opener).modal = null;
      return {};
  }
}

/** Everything that the page draws for one person in one channel. */
function stateFor(discord: FakeDiscord, userId: string, channelId: string): unknown {
  const { world, setting } = discord;
  const sees = (id: string) => (channelPermissions(world, world.channel(id), userId) & Permit.ViewChannel) !== 0n;
  const channels = [...world.channels.values()].filter(({ id }) => world.users.has(userId) && sees(id));
  const here = channels.some(({ id }) => id === channelId) ? discord.as(userId).in(channelId) : null;
  const mine = discord.interactions.filter((each) => each.userId === userId);
  return {
    people: [...world.users.values()].filter(({ bot }) => !bot).map(({ id, name }) => ({ id, name })),
    users: Object.fromEntries([...world.users.values()].map(({ id, name }) => [id, name])),
    roles: Object.fromEntries(
      [...world.guilds.values()].flatMap(({ roles }) => roles.map(({ id, name }) => [id, name])),
    ),
    channels: channels.map(({ id, name, topic, guildId, parentId, thread }) => ({
      id,
      name: name === "" ? "nonet" : name,
      topic,
      parentId,
      guild: guildId === null ? "Direct messages" : world.guild(guildId).name,
      closed: thread?.locked === true ? "locked" : thread?.archived === true ? "archived" : null,
    })),
    messages: here?.sees().map(({ wire, pings, history }) => ({ wire, pings, edits: history.length })) ?? [],
    commands: here?.commands() ?? [],
    modals: mine.flatMap(({ wire, modal }) => (modal === null ? [] : [{ opener: wire.id, modal }])),
    pending: mine
      .filter(({ ack }) => ack === null)
      .map(({ wire, at, channel }) => ({ id: wire.id, at, in: channel.id })),
    botListens: discord.gateway.connected,
    now: setting.now(),
    wrongs: discord.wrongs,
  };
}
