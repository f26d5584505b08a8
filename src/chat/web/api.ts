import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context, type HonoRequest } from "hono";
import { z } from "zod";
import type { Caller } from "../../core/caller.ts";
import { webPlace, type Desk, type Receipt } from "../../core/desk.ts";
import type { Drawing } from "../../core/drawing.ts";
import { describeFailure, OpsError, toFailure } from "../../core/errors.ts";
import { runCard } from "../../core/run-card.ts";
import { svgOf } from "../../render/draw.ts";
import { auditView } from "./audit-view.ts";
import { completeLine } from "./complete-line.ts";
import type { Outcome } from "./wire.ts";

/** What a request that got this far carries. */
export interface SignedIn {
  readonly Bindings: HttpBindings;
  readonly Variables: { caller: Caller };
}

/** A line is never longer in a chat, either. */
const Line = z.string().min(1).max(4000);
const Submit = z.strictObject({ text: Line });
const Complete = z.strictObject({ line: z.string().max(4000) });
const Press = z.strictObject({
  id: z.string().max(100),
  /** The run or notice whose page it is on. */
  on: z.string().max(100),
  filled: z.record(z.string().max(20), z.string().max(500)),
});

/** What people do on the page; `caller` is set, and `done` is called after whatever may have changed something. */
export function api(desk: Desk, done: () => void): Hono<SignedIn> {
  const app = new Hono<SignedIn>();
  app.post("/submit", async (context) => {
    const { text } = await read(Submit, context.req);
    return context.json(outcomeOf(await after(desk.submit(text, context.var.caller), done)));
  });
  app.post("/press", async (context) => {
    const { id, on, filled } = await read(Press, context.req);
    const at = { place: webPlace, messageId: on };
    return context.json(outcomeOf(await after(desk.press(id, at, filled, context.var.caller), done)));
  });
  app.post("/complete", async (context) => {
    const { line } = await read(Complete, context.req);
    return context.json(await completeLine(desk, line, context.var.caller));
  });
  app.get("/audit", async (context) => context.json(await auditView(desk, context.var.caller)));
  app.get("/runs/:id/picture.svg", async (context) => {
    const { picture } = runCard(await desk.see(context.req.param("id"), context.var.caller));
    return drawn(context, picture);
  });
  // With the time of what it shows, so that no browser takes an older one for it.
  app.get("/clusters/:name/:at/picture.svg", async (context) => {
    const look = await desk.lastLook(context.req.param("name"), context.var.caller);
    return drawn(context, look?.drawing ?? null);
  });
  return app;
}

function drawn(context: Context<SignedIn>, picture: Drawing | null): Response | Promise<Response> {
  if (picture === null) return context.notFound();
  const theme = context.req.query("theme") === "dark" ? "dark" : "light";
  return context.body(svgOf(picture, theme), 200, { "Content-Type": "image/svg+xml" });
}

/** What went wrong, for whoever asked. */
export function told(error: unknown): { readonly failure: object; readonly status: 400 | 403 | 500 } {
  const failure = toFailure(error);
  const { code } = failure;
  if (code === "internal") {
    const message = "Nonet itself failed; its log says why.";
    return { failure: { code, text: message }, status: 500 };
  }
  const denied = code === "forbidden" || code === "needs_second_person";
  return { failure: { code, text: describeFailure(failure) }, status: denied ? 403 : 400 };
}

async function after<T>(work: Promise<T>, done: () => void): Promise<T> {
  try {
    return await work;
  } finally {
    done();
  }
}

async function read<T>(schema: z.ZodType<T>, request: Pick<HonoRequest, "text">): Promise<T> {
  const parsed = schema.safeParse(parseJson(await request.text()));
  if (parsed.success) return parsed.data;
  throw new OpsError({
    code: "bad_input",
    message: "The page sent something that cannot be read.",
    hint: "Reload it.",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function outcomeOf(receipt: Receipt | undefined): Outcome {
  if (receipt === undefined) return null;
  return receipt.kind === "run" ? receipt : { kind: "answer", card: receipt.card };
}
