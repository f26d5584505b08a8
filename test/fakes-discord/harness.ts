import { DiscordAPIError, REST } from "@discordjs/rest";
import { WebSocketManager, WebSocketShardEvents } from "@discordjs/ws";
import {
  ApplicationCommandOptionType as Option,
  GatewayDispatchEvents,
  GatewayIntentBits,
  Routes,
} from "discord-api-types/v10";
import type {
  APIInteraction,
  APIMessage,
  InteractionResponseType,
  RESTPutAPIApplicationGuildCommandsJSONBody,
} from "discord-api-types/v10";
import { afterEach } from "vitest";
import { openFakeDiscord } from "../fakes/discord/fake.ts";
import type { FakeDiscord, FakeDiscordOptions } from "../fakes/discord/fake.ts";
import { ids } from "../fakes/discord/sample.ts";

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

/** A clock that stands still until it is put forward. */
export class Clock {
  #time = Date.parse("2026-11-25T12:00:00Z");
  readonly now = (): number => this.#time;

  forward(ms: number): void {
    this.#time += ms;
  }
}

/** Starts a Discord that is closed after the test. */
export async function discordFor(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  const discord = await openFakeDiscord(options);
  opened.push(() => discord.close());
  return discord;
}

/** The real client of the REST API; what it must wait for it refuses at once, so that tests see it. */
export function restFor(discord: FakeDiscord, token = discord.token): REST {
  const rest = new REST({ api: discord.apiUrl, version: "10", retries: 0, rejectOnRateLimit: () => true }).setToken(
    token,
  );
  opened.push(async () => {
    rest.clearHandlerSweeper();
    rest.clearHashSweeper();
  });
  return rest;
}

/** The real client of the gateway, not connected yet, with everything it hears. */
export function gatewayFor(discord: FakeDiscord, rest: REST, intents = GatewayIntentBits.Guilds) {
  const manager = new WebSocketManager({
    token: discord.token,
    intents,
    rest,
    // The real one lets five seconds pass between two sessions.
    buildIdentifyThrottler: async () => ({ waitForIdentify: async () => undefined }),
    identifyProperties: { os: "linux", browser: "test", device: "test" },
  });
  const heard: { t: string; d: unknown }[] = [];
  const interactions: APIInteraction[] = [];
  manager.on(WebSocketShardEvents.Dispatch, ({ t, d }) => {
    heard.push({ t, d });
    if (t === GatewayDispatchEvents.InteractionCreate) interactions.push(d);
    discord.hub.changed();
  });
  manager.on(WebSocketShardEvents.Error, () => undefined);
  opened.push(async () => {
    await manager.destroy();
  });
  return { manager, heard, interactions };
}

/** Runs what is to be refused, and returns Discord's refusal. */
export async function refusal(work: Promise<unknown>): Promise<DiscordAPIError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DiscordAPIError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

export const messagesOf = Routes.channelMessages(ids.ops);
export const guildCommands = Routes.applicationGuildCommands(ids.application, ids.guild);

/** Posts a message in #ops. */
export async function post(rest: REST, body: Record<string, unknown>, channel: string = ids.ops): Promise<APIMessage> {
  return (await rest.post(Routes.channelMessages(channel), { body })) as APIMessage;
}

/** Answers an interaction. */
export function reply(
  rest: REST,
  { id, token }: { readonly id: string; readonly token: string },
  type: InteractionResponseType,
  data?: unknown,
): Promise<unknown> {
  return rest.post(Routes.interactionCallback(id, token), { body: { type, data }, auth: false });
}

export const build: RESTPutAPIApplicationGuildCommandsJSONBody[number] = {
  name: "cluster",
  description: "Clusters",
  options: [
    {
      type: Option.Subcommand,
      name: "build",
      description: "Builds a cluster",
      options: [
        {
          type: Option.String,
          name: "name",
          description: "Its name",
          required: true,
          autocomplete: true,
          max_length: 20,
        },
        { type: Option.Integer, name: "nodes", description: "How many nodes", min_value: 1, max_value: 9 },
      ],
    },
  ],
};
