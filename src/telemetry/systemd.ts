import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Report } from "./health.ts";
import type { Log } from "./log.ts";

const run = promisify(execFile);

/** The service manager, told how we are. Where systemd did not start this process, nobody is told anything. */
export interface ServiceManager {
  /** All is open. From now on the watchdog is told that we live, but only as long as `look` finds all parts well. */
  ready(look: () => Promise<Report>): Promise<void>;
  /** The end has begun. */
  stopping(): Promise<void>;
}

/**
 * Opens the way to systemd (`NOTIFY_SOCKET`, `WATCHDOG_USEC`). Node has no datagram sockets for Unix paths, so
 * `systemd-notify` speaks for us; it waits until systemd has read the message, hence `NotifyAccess=all` is enough.
 */
export function serviceManager(env: NodeJS.ProcessEnv, log: Log): ServiceManager {
  const stopped = new AbortController();
  const notify = async (...messages: string[]): Promise<void> => {
    if (env["NOTIFY_SOCKET"] === undefined) return;
    try {
      await run("systemd-notify", messages, { env });
    } catch (error) {
      log.error({ err: error }, "systemd could not be told how Nonet is.");
    }
  };
  const beat = async (everyMs: number, look: () => Promise<Report>): Promise<void> => {
    const { signal } = stopped;
    while (!signal.aborted) {
      const report = await look();
      if (signal.aborted) return;
      if (report.ok) await notify("WATCHDOG=1");
      else log.error({ parts: report.parts }, "Nonet is not well; the watchdog is not told that it lives.");
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  return {
    ready: async (look) => {
      await notify("READY=1", "STATUS=Takes commands.");
      const watchdogMs = Number(env["WATCHDOG_USEC"] ?? 0) / 1000;
      if (watchdogMs > 0) void beat(watchdogMs / 3, look);
    },
    stopping: async () => {
      stopped.abort();
      await notify("STOPPING=1", "STATUS=Lets the steps under way reach their end.");
    },
  };
}
