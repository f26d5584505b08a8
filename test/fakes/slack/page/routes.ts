import { readFileSync } from "node:fs";
import { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { Outcome } from "../hand.ts";
import type { FakeSlack } from "../slack.ts";
import { framesFor } from "./frames.ts";
import { escape } from "./markup.ts";

const file = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

const at = { who: z.string(), at: z.string() };
const entry = z.union([z.string(), z.array(z.string())]);

/** What a person does on the page. */
const Act = z.discriminatedUnion("do", [
  z.object({ do: z.literal("type"), ...at, text: z.string(), thread: z.string().nullable() }),
  z.object({ do: z.literal("press"), ...at, ts: z.string(), name: z.string(), entry: entry.optional() }),
  z.object({ do: z.literal("press-view"), ...at, view: z.string(), name: z.string(), entry: entry.optional() }),
  z.object({ do: z.literal("submit"), ...at, view: z.string(), values: z.record(z.string(), entry) }),
  z.object({ do: z.literal("close"), ...at, view: z.string() }),
  z.object({ do: z.literal("shortcut"), ...at, ts: z.string(), name: z.string() }),
  z.object({ do: z.literal("home"), ...at }),
]);

function messageOf(slack: FakeSlack, channel: string, ts: string) {
  const message = slack.world.find(channel, ts);
  if (message === undefined) throw new Error("This message is not there any more.");
  return message;
}

function viewOf(slack: FakeSlack, id: string) {
  const view = slack.world.views.find((each) => each.id === id);
  if (view === undefined) throw new Error("This view is not there any more.");
  return view;
}

async function carryOut(slack: FakeSlack, act: z.infer<typeof Act>): Promise<Outcome> {
  const person = slack.as(act.who);
  const press = "entry" in act && act.entry !== undefined ? { entry: act.entry } : {};
  switch (act.do) {
    case "type":
      return person.in(act.at).types(act.text, act.thread);
    case "press":
      return person.in(act.at).clicks(messageOf(slack, act.at, act.ts), act.name, press);
    case "press-view":
      return person.clicks(viewOf(slack, act.view), act.name, press);
    case "submit":
      return person.submits(viewOf(slack, act.view), act.values);
    case "close":
      return person.closes(viewOf(slack, act.view));
    case "shortcut":
      return person.in(act.at).usesShortcut(act.name, messageOf(slack, act.at, act.ts));
    case "home":
      return person.opensHome();
  }
}

function shell(slack: FakeSlack): string {
  const people = [...slack.world.users.values()]
    .filter(({ kind }) => kind !== "bot" && kind !== "deleted")
    .map(
      ({ id, realName, kind }) =>
        `<option value="${id}">${escape(realName)}${kind === "member" ? "" : ` (${kind})`}</option>`,
    );
  return file("./shell.html")
    .replaceAll("{{team}}", escape(slack.world.population.teamName))
    .replaceAll("{{people}}", people.join(""));
}

/** The page for people: what they see, and what they do. Only this page itself may act. */
export function pageRoutes(slack: FakeSlack): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/", (context) => {
    context.header(
      "content-security-policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' http: https: data:; form-action 'none'; frame-ancestors 'none'",
    );
    return context.html(shell(slack));
  });
  for (const name of ["style.css", "blocks.css"])
    app.get(`/page/${name}`, (context) => context.body(file(`./${name}`), 200, { "content-type": "text/css" }));
  app.get("/page/client.js", (context) =>
    context.body(file("./client.js"), 200, { "content-type": "text/javascript" }),
  );
  app.get("/page/files/:id", (context) => {
    const content = slack.world.files.get(context.req.param("id"))?.content ?? null;
    if (content === null) return context.notFound();
    context.header("cache-control", "max-age=3600");
    return context.body(new Uint8Array(content), 200, {
      "content-type": "image/png",
      "x-content-type-options": "nosniff",
    });
  });
  app.get("/page/frames", (context) => {
    const { who = "", at: place = "", thread = null } = context.req.query();
    return context.json(framesFor(slack, { who, at: place, thread: thread === "" ? null : thread }));
  });
  app.get("/page/changes", (context) =>
    streamSSE(context, async (stream) => {
      const stop = slack.world.onChange(() => void stream.writeSSE({ data: "changed" }));
      await stream.writeSSE({ data: "changed" });
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      stop();
    }),
  );
  app.post("/page/act", async (context) => {
    // A foreign page cannot send JSON without asking first, and nobody answers that question.
    if (context.req.header("content-type") !== "application/json") return context.text("Unsupported Media Type", 415);
    try {
      const { trouble, delivery } = await carryOut(slack, Act.parse(await context.req.json()));
      const ack = delivery?.ack ?? {};
      return context.json({ trouble, errors: ack.response_action === "errors" ? ack.errors : {} });
    } catch (error) {
      return context.json({ trouble: error instanceof Error ? error.message : String(error), errors: {} });
    }
  });
  return app;
}
