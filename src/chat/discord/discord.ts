import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../../core/command.ts";
import type { Desk } from "../../core/desk.ts";
import { OpsError, toFailure } from "../../core/errors.ts";
import { MouthBusy, type Mouth } from "../../core/mouth.ts";
import type { Secret } from "../../core/secret.ts";
import { DiscordClient } from "./client.ts";
import { discordCommands } from "./commands.ts";
import { Refused } from "./failures.ts";
import { Gateway } from "./gateway.ts";
import { Inbound } from "./inbound.ts";
import { Lanes } from "./lanes.ts";
import { DiscordMouth } from "./mouth.ts";
import { Pictures } from "./pictures.ts";
import { registerCommands } from "./register.ts";
import { type Keep, type Log, Session } from "./session.ts";
import { Threads } from "./threads.ts";

/** What the adapter is told. */
export interface DiscordOptions {
  readonly token: Secret<string>;
  /** `https://discord.com/api`, without a version. */
  readonly apiUrl: string;
  /** Id of the only server that is listened to. */
  readonly guild: string;
  /** Id of the bot's application. */
  readonly application: string;
  readonly commands: readonly Command[];
  /** A person's id at Discord; `undefined` for somebody who has none. */
  readonly idOf: (name: string) => string | undefined;
  readonly keep: Keep;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  /** Called at every answer 429. */
  readonly onRateLimit: () => void;
}

/** Discord, for the bot. */
export interface Discord {
  readonly mouth: Mouth;
  /** Takes what people do to the desk; resolves once it hears. @throws OpsError when it never will. */
  listen(desk: Desk): Promise<void>;
  /** @throws OpsError when nothing is heard now. */
  check(): void;
  /** Answers what was heard, and leaves the session to the next process. */
  close(): Promise<void>;
}

/** Milliseconds in which what was heard must be answered once the bot stops. */
const answerMs = 5000;
/** Milliseconds between attempts of what has time, at least; and how many there are. */
const patience = { waitMs: 5000, attempts: 20 };

/** Opens the adapter; it sends nothing and hears nothing before it is asked to. */
export function openDiscord(options: DiscordOptions): Discord {
  const { application, guild, commands, log, now, idOf } = options;
  const client = new DiscordClient(options);
  const closing = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
  const later = (task: () => Promise<unknown>) =>
    void untilDone(task, pause, closing.signal).catch((error: unknown) => {
      log.warn({ reason: toFailure(error).message }, "something was left undone in Discord");
    });
  const mouth = new DiscordMouth({
    client,
    threads: new Threads(client),
    pictures: new Pictures(log),
    guild,
    idOf,
    now,
    later,
  });
  const pinned = { application, guild };
  let gateway: Gateway | undefined;
  let inbound: Inbound | undefined;
  return {
    mouth,
    async listen(desk) {
      const told = discordCommands(commands);
      const session = await Session.open(options.keep, log);
      const ears = (inbound = new Inbound({
        client,
        pinned,
        commands,
        desk,
        session,
        lanes: new Lanes(),
        toldLate: new Map(),
        later,
        log,
        now,
      }));
      const { token } = options;
      const onInteraction = (interaction: unknown) => ears.hear(interaction);
      gateway = new Gateway({ client, token, application, session, log, now, sleep: pause, onInteraction });
      later(async () => {
        if (await registerCommands(client, pinned, told))
          log.info({ commands: told.length }, "Discord was told the commands");
      });
      await gateway.connect();
    },
    check() {
      client.check();
      if (gateway === undefined) throw new OpsError({ code: "discord_deaf", message: "Discord is not connected yet." });
      gateway.check();
    },
    async close() {
      await gateway?.close();
      await Promise.race([inbound?.idle(), pause(answerMs)]);
      closing.abort();
      client.close();
    },
  };
}

/** Tries again what failed for want of a connection or of a limit. @throws what was refused, or failed to the last. */
async function untilDone(
  task: () => Promise<unknown>,
  pause: (ms: number) => Promise<unknown>,
  closed: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !closed.aborted; attempt += 1) {
    try {
      await task();
      return;
    } catch (error) {
      if (error instanceof Refused || attempt === patience.attempts) throw error;
      await pause(Math.max(patience.waitMs, error instanceof MouthBusy ? error.afterMs : 0));
    }
  }
}
