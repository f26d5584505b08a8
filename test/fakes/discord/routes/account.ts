import type { Hono } from "hono";
import { channelFor } from "../access.ts";
import { refusals } from "../errors.ts";
import type { Setting } from "../setting.ts";
import { channelView, guildView, memberView, roleView, userView } from "../views.ts";

/** Who the bot is, and what it may look up: GET only. */
export function accountRoutes(routes: Hono, { world, gateway, gatewayUrl }: Setting): void {
  const { application } = world;
  const applicationView = () => ({
    id: application.id,
    name: application.name,
    icon: null,
    description: "",
    summary: "",
    type: null,
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: "0".repeat(64),
    flags: application.flags,
    flags_new: String(application.flags),
    owner: userView(world.user([...world.guilds.values()][0]?.ownerId ?? "")),
    team: null,
    redirect_uris: [],
    approximate_guild_count: [...world.guilds.keys()].filter((id) => world.botIn(id)).length,
    approximate_user_install_count: application.installedBy.size,
    approximate_user_authorization_count: application.installedBy.size,
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    explicit_content_filter: 0,
    eligible_oauth2_scopes: [],
  });
  routes.get("/gateway/bot", (c) => c.json({ url: gatewayUrl(), shards: 1, session_start_limit: gateway.starts.view }));
  routes.get("/users/@me", (c) =>
    c.json({
      ...userView(world.user(application.id)),
      email: null,
      verified: true,
      mfa_enabled: true,
      locale: "en-US",
    }),
  );
  routes.get("/applications/@me", (c) => c.json(applicationView()));
  routes.get("/oauth2/applications/@me", (c) => c.json(applicationView()));
  routes.get("/guilds/:guild", (c) =>
    c.json({ ...guildView(world.guildOfBot(c.req.param("guild"))), home_header: null, nsfw: false }),
  );
  routes.get("/guilds/:guild/roles", (c) => c.json(world.guildOfBot(c.req.param("guild")).roles.map(roleView)));
  routes.get("/guilds/:guild/members/:user", (c) => {
    const guild = world.guildOfBot(c.req.param("guild"));
    if (!guild.members.has(c.req.param("user"))) throw refusals.unknownMember();
    return c.json(memberView(world, guild, c.req.param("user")));
  });
  routes.get("/channels/:channel", (c) => c.json(channelView(world, channelFor(world, c.req.param("channel")))));
}
