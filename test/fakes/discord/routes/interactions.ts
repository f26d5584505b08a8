import { InteractionResponseType as Response, MessageFlags } from "discord-api-types/v10";
import type { Hono } from "hono";
import { readBody } from "../body.ts";
import { readMessage } from "../message-form.ts";
import type { Setting } from "../setting.ts";

const telling = new Set<unknown>([Response.ChannelMessageWithSource, Response.UpdateMessage]);

/** Answers to interactions, and what is said with their tokens afterwards. These need no bot token. */
export function interactionRoutes(routes: Hono, { interactions, messages }: Setting): void {
  routes.post("/interactions/:id/:token/callback", async (c) => {
    const { json, uploads } = await readBody(c);
    const interaction = interactions.callback(c.req.param("id"), c.req.param("token"), json, uploads);
    if (c.req.query("with_response") !== "true") return c.body(null, 204);
    const { wire, original, ack } = interaction;
    const flags = original?.wire.flags ?? 0;
    return c.json({
      interaction: {
        id: wire.id,
        type: wire.type,
        ...(original === null
          ? {}
          : {
              response_message_id: original.id,
              response_message_loading: original.loading,
              response_message_ephemeral: (flags & MessageFlags.Ephemeral) !== 0,
            }),
      },
      // Only of a message that is there: not of one that is still thought about.
      ...(original === null || !telling.has(ack?.type)
        ? {}
        : { resource: { type: ack?.type, message: original.wire } }),
    });
  });
  routes.post("/webhooks/:application/:token", async (c) => {
    const interaction = interactions.byToken(c.req.param("application"), c.req.param("token"));
    const { json, uploads } = await readBody(c);
    return c.json(interactions.followUp(interaction, json, uploads).wire);
  });
  const one = "/webhooks/:application/:token/messages/:message";
  const find = (application: string, token: string, message: string) =>
    interactions.message(interactions.byToken(application, token), message);
  routes.get(one, (c) => c.json(find(c.req.param("application"), c.req.param("token"), c.req.param("message")).wire));
  routes.patch(one, async (c) => {
    const message = find(c.req.param("application"), c.req.param("token"), c.req.param("message"));
    const { json, uploads } = await readBody(c);
    const files = uploads.map(({ name }) => name);
    messages.edit(message, readMessage(json, { files, before: message.before }), uploads);
    return c.json(message.wire);
  });
  routes.delete(one, (c) => {
    messages.remove(find(c.req.param("application"), c.req.param("token"), c.req.param("message")));
    return c.body(null, 204);
  });
}
