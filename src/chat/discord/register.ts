import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { DiscordClient } from "./client.ts";
import type { DiscordCommand } from "./commands.ts";
import type { Pinned } from "./interaction.ts";

/** An option as Discord tells it, without what we never set. */
type Told = z.infer<typeof Told>;
const Told = z.object({
  type: z.int(),
  name: z.string(),
  description: z.string(),
  required: z.boolean().optional(),
  choices: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number()]) })).optional(),
  min_value: z.number().optional(),
  max_value: z.number().optional(),
  max_length: z.number().optional(),
  autocomplete: z.boolean().optional(),
  get options() {
    return z.array(Told).optional();
  },
});

const Registered = z.array(
  Told.extend({ default_member_permissions: z.string().nullish(), contexts: z.array(z.int()).nullish() }),
);

/** Makes Discord know exactly these commands in the server; returns whether it had to be told. */
export async function registerCommands(
  client: DiscordClient,
  pinned: Pinned,
  commands: readonly DiscordCommand[],
): Promise<boolean> {
  if (await areRegistered(client, pinned, commands)) return false;
  await client.send({ method: "PUT", route: routeOf(pinned), body: commands });
  return true;
}

/** Whether Discord knows exactly these. */
export async function areRegistered(
  client: DiscordClient,
  pinned: Pinned,
  commands: readonly DiscordCommand[],
): Promise<boolean> {
  const registered = Registered.parse(await client.send({ method: "GET", route: routeOf(pinned) }));
  return isDeepStrictEqual(normal(registered), normal(Registered.parse(commands)));
}

const routeOf = ({ application, guild }: Pinned) => `/applications/${application}/guilds/${guild}/commands` as const;

/** The same for what means the same: Discord leaves out what is not set, and keeps an order of its own. */
function normal(commands: z.infer<typeof Registered>): object[] {
  return commands
    .map(({ default_member_permissions: permissions = null, contexts: _servers, ...command }) => ({
      ...normalOption(command),
      permissions,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

const normalOption = ({ required = false, autocomplete = false, options = [], choices = [], ...rest }: Told): Told => ({
  ...rest,
  required,
  autocomplete,
  choices,
  options: options.map(normalOption),
});
