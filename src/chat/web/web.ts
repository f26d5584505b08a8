import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { Desk } from "../../core/desk.ts";
import { toFailure } from "../../core/errors.ts";
import type { SignIns } from "../../core/sign-in.ts";
import { api, told, type SignedIn } from "./api.ts";
import { files } from "./files.ts";
import { headers, sameSite } from "./guard.ts";
import { tellLive } from "./live.ts";
import { openSessions, type Sessions } from "./session.ts";
import { stateMaker } from "./state.ts";
import { openTries } from "./tries.ts";

/** What the web console is made of. */
export interface WebOptions {
  readonly desk: Desk;
  readonly signIns: SignIns;
  /** Where people find it: `https://nonet.example.org`; asked first when the first request has come. */
  readonly url: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: {
    info(context: object, message: string): void;
    warn(context: object, message: string): void;
    error(context: object, message: string): void;
  };
}

/** The web console, for a server that listens. */
export interface WebConsole {
  readonly fetch: Hono["fetch"];
  /** Tells all pages that the bot stops, and ends their streams; waits no longer than half a second for who reads slowly. */
  readonly close: () => Promise<void>;
}

/** Bytes of a request; the longest is a reason. */
const mostBytes = 32 * 1024;
/** Wrong tries of one address in a minute; a link has 256 random bits, so this only keeps the noise down. */
const mostTries = 20;

/** Milliseconds. */
const goodbyeMs = 500;

/** Opens the web console: one more way to the desk, for whoever has signed in by a link from chat or console. */
export function openWeb(options: WebOptions): WebConsole {
  const { desk, url, log } = options;
  const isHttps = () => url().startsWith("https:");
  const stopping = new AbortController();
  const sessions = openSessions(options.signIns, desk, isHttps);
  const changes = openChanges(desk);
  const streams = new Set<Promise<void>>();
  const app = new Hono();
  app.use((...request) => headers(isHttps())(...request));
  app.use(sameSite(url));
  app.use(bodyLimit({ maxSize: mostBytes }));
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.text(`${error.message}\n`, error.status);
    const { failure, status } = told(error);
    if (status === 500) log.error({ err: error }, "The web console failed.");
    return context.json(failure, status);
  });
  app.notFound((context) => context.text("There is no such page.\n", 404));
  app.route("/", files());
  app.use("/api/*", async (context, next) => {
    context.header("Cache-Control", "no-store");
    await next();
  });
  signing(app, sessions, options);
  app.route(
    "/api",
    signedIn(sessions, api(desk, changes.ring), liveFor({ ...options, sessions, changes, stopping, streams })),
  );
  return {
    fetch: app.fetch,
    close: async () => {
      changes.close();
      stopping.abort();
      await Promise.race([Promise.all(streams), new Promise((resolve) => void setTimeout(resolve, goodbyeMs))]);
    },
  };
}

/** In and out. */
function signing(app: Hono, sessions: Sessions, { log, now }: WebOptions): void {
  const tries = openTries(mostTries, 60_000, now);
  const Link = z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
  app.post("/api/sign-in", async (context) => {
    const { address = "?" } = getConnInfo(context).remote;
    if (!tries.take(address)) {
      log.warn({ address }, "Somebody tries too often to sign in at the web console.");
      return context.json({ code: "too_often", text: "That was tried too often. Wait a minute, then try again." }, 429);
    }
    const link = Link.safeParse(await context.req.json().catch(() => null));
    const name = link.success ? await sessions.begin(context, link.data.token) : undefined;
    if (name !== undefined) {
      log.info({ name }, `${name} has signed in at the web console.`);
      return context.json({ name });
    }
    log.warn({ address }, "Somebody tried to sign in at the web console with a link that is good for nothing.");
    const text = "This link was used already, or it is older than 5 minutes. Ask for another one: /console link";
    return context.json({ code: "bad_link", text }, 403);
  });
  app.post("/api/sign-out", async (context) => {
    await sessions.end(context);
    return context.json({});
  });
}

/** What only somebody who is signed in gets. */
function signedIn(
  sessions: Sessions,
  own: Hono<SignedIn>,
  live: (context: Context<SignedIn>) => Response,
): Hono<SignedIn> {
  const app = new Hono<SignedIn>();
  app.use(async (context, next) => {
    const caller = await sessions.callerOf(context);
    if (caller === undefined) return context.json({ code: "signed_out", text: "You are not signed in." }, 401);
    context.set("caller", caller);
    await next();
  });
  app.get("/who", (context) => context.json({ name: context.var.caller.id }));
  app.get("/live", live);
  app.route("/", own);
  return app;
}

interface LiveParts extends Pick<WebOptions, "desk" | "log" | "now"> {
  readonly sessions: Sessions;
  readonly changes: ReturnType<typeof openChanges>;
  readonly stopping: AbortController;
  /** Those that are open. */
  readonly streams: Set<Promise<void>>;
}

/** The stream of a page: `run` is the id of the run whose page it is, `last` the event that the page has seen already. */
function liveFor({ desk, log, now, sessions, changes, stopping, streams }: LiveParts) {
  return (context: Context<SignedIn>): Response => {
    const { req, var: given } = context;
    // Proxies that gather what they pass on would hold back every event.
    context.header("X-Accel-Buffering", "no");
    const live = {
      look: stateMaker(desk, given.caller, req.query("run") ?? null),
      isSignedIn: async () => (await sessions.callerOf(context)) !== undefined,
      watch: changes.watch,
      shown: req.header("last-event-id") ?? req.query("last"),
      stopping: stopping.signal,
      now,
    };
    // What was written last is on its way only when the response is closed.
    const closed = new Promise<void>((resolve) => void context.env.outgoing.once("close", resolve));
    streams.add(closed);
    void closed.then(() => streams.delete(closed));
    return streamSSE(context, (stream) =>
      tellLive(stream, live).catch((error: unknown) => {
        // The page sees that its stream ends, says so, and asks again.
        log.error({ failure: toFailure(error) }, "A page of the web console could not be told what is true.");
      }),
    );
  };
}

/** Rings at every page when something has happened in a run, or was done on one of the pages. */
function openChanges(desk: Desk) {
  const bells = new Set<() => void>();
  const ring = () => bells.forEach((bell) => bell());
  const close = desk.watch(ring);
  return {
    ring,
    close,
    watch: (bell: () => void) => {
      bells.add(bell);
      return () => void bells.delete(bell);
    },
  };
}
