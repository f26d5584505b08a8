import { z } from "zod";
import type { Command } from "../../core/command.ts";
import { OpsError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { allOf } from "../../core/words.ts";
import { DiscordClient } from "./client.ts";
import { discordCommands } from "./commands.ts";
import { Channel, Guild, inviteUrl, lacking, Member, permissionsIn } from "./permissions.ts";
import { areRegistered } from "./register.ts";

/** What is looked at. */
export interface DoctorOptions {
  readonly token: Secret<string>;
  readonly apiUrl: string;
  readonly guild: string;
  readonly application: string;
  /** The channels of the configuration that are in Discord. */
  readonly channels: readonly { readonly name: string; readonly id: string }[];
  readonly commands: readonly Command[];
}

/** One thing to look at; it says what it saw. @throws OpsError with what is wrong and what to do. */
export interface Check {
  readonly what: string;
  readonly look: () => Promise<string>;
}

const Application = z.object({
  id: z.string(),
  name: z.string(),
  bot_public: z.boolean().default(false),
  interactions_endpoint_url: z.string().nullish(),
});

const Bot = z.object({ id: z.string() });

/** What `npm run doctor` looks at in Discord; nothing is changed. */
export function discordChecks(options: DoctorOptions): Check[] {
  const client = new DiscordClient({ ...options, onRateLimit: () => undefined });
  const { application, guild, channels, commands } = options;
  const get = (route: `/${string}`) => client.send({ method: "GET", route });
  const readGuild = async () => Guild.parse(await get(`/guilds/${guild}`).catch(notInvited(application)));
  const readMember = async () => {
    // The oldest applications have another id than their bot.
    const { id } = Bot.parse(await get("/users/@me"));
    return Member.parse(await get(`/guilds/${guild}/members/${id}`));
  };
  return [
    {
      what: "Discord token",
      look: async () => checkApplication(Application.parse(await get("/applications/@me")), application),
    },
    { what: "Discord server", look: async () => (await readGuild()).name },
    ...channels.map(({ name, id }) => ({
      what: `Discord channel ${name}`,
      look: async () =>
        checkChannel(await readGuild(), await readMember(), Channel.parse(await get(`/channels/${id}`))),
    })),
    {
      what: "Discord commands",
      look: async () => {
        const told = discordCommands(commands);
        const areKnown = await areRegistered(client, { application, guild }, told);
        return areKnown ? `${told.length} known` : `${told.length} will be told at the next start`;
      },
    },
  ];
}

function checkApplication(found: z.infer<typeof Application>, application: string): string {
  if (found.id !== application) {
    throw new OpsError({
      code: "discord_wrong_application",
      message: `The token is that of ${found.name} (${found.id}), not of application ${application}.`,
      hint: "Correct one of the two.",
    });
  }
  if (found.interactions_endpoint_url != null) {
    throw new OpsError({
      code: "discord_endpoint",
      message: "Commands and clicks are sent to a URL, so the bot hears none of them.",
      hint: "Empty the Interactions Endpoint URL in the Developer Portal (General Information).",
    });
  }
  return found.bot_public ? `${found.name}; anybody can add it to servers, which it ignores` : found.name;
}

function checkChannel(...[guild, member, channel]: Parameters<typeof permissionsIn>): string {
  if (channel.guild_id !== guild.id) {
    throw new OpsError({ code: "discord_wrong_server", message: `It is in another server than ${guild.name}.` });
  }
  const missing = lacking(permissionsIn(guild, member, channel));
  if (missing.length === 0) return "all permissions";
  throw new OpsError({
    code: "discord_permissions",
    message: `The bot lacks ${allOf(missing)}.`,
    hint: "Give them to its role in the channel's settings (Permissions).",
  });
}

const notInvited = (application: string) => (cause: unknown) => {
  throw new OpsError({
    code: "discord_not_invited",
    message: "The bot is not in the server, or may not see it.",
    hint: `Add it: ${inviteUrl(application)}`,
    cause,
  });
};
