import { GatewayIntentBits as Intent, GatewayOpcodes as Op } from "discord-api-types/v10";
import type { WebSocket } from "ws";

/** What an event needs, of the intents; events that are not here go to everybody. */
const intentOf: Readonly<Record<string, number>> = {
  GUILD_CREATE: Intent.Guilds,
  GUILD_DELETE: Intent.Guilds,
  GUILD_UPDATE: Intent.Guilds,
  GUILD_ROLE_UPDATE: Intent.Guilds,
  CHANNEL_CREATE: Intent.Guilds,
  CHANNEL_UPDATE: Intent.Guilds,
  CHANNEL_DELETE: Intent.Guilds,
  THREAD_CREATE: Intent.Guilds,
  THREAD_UPDATE: Intent.Guilds,
  CHANNEL_PINS_UPDATE: Intent.Guilds,
  GUILD_MEMBER_UPDATE: Intent.GuildMembers,
};
const messageIntent = (guildId: string | null) => (guildId === null ? Intent.DirectMessages : Intent.GuildMessages);

/** What the bot may resume: everything it was told, and the socket it hears it through, if there is one now. */
export class Session {
  readonly id: string;
  readonly intents: number;
  /** Everything dispatched, in order; the sequence number of the first is 1. */
  readonly events: { readonly t: string; readonly d: unknown }[] = [];
  socket: WebSocket | null = null;
  /** When its socket went; null while there is one. */
  awaySince: number | null = null;
  /** The last sequence number that a heartbeat named. */
  acknowledged = 0;

  constructor(id: string, intents: number) {
    this.id = id;
    this.intents = intents;
  }

  /** Sends an event, or keeps it for the resume. `guildId` decides which intent a message needs. */
  dispatch(t: string, d: unknown, guildId: string | null): void {
    const needed = t.startsWith("MESSAGE_") ? messageIntent(guildId) : intentOf[t];
    if (needed !== undefined && (this.intents & needed) === 0) return;
    // A snapshot: what is replayed later is what was so then.
    this.events.push({ t, d: structuredClone(d) });
    this.#send(this.events.length);
  }

  /** Has no socket from now on. */
  leave(at: number): void {
    this.socket = null;
    this.awaySince = at;
  }

  /** Sends everything after a sequence number again. */
  replayAfter(sequence: number): void {
    for (let s = sequence + 1; s <= this.events.length; s += 1) this.#send(s);
  }

  #send(s: number): void {
    const event = this.events[s - 1];
    if (event !== undefined) this.socket?.send(JSON.stringify({ op: Op.Dispatch, s, t: event.t, d: event.d }));
  }
}
