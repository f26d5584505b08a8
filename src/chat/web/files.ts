import { readdirSync, readFileSync } from "node:fs";
import { findPackageJSON, stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { Hono } from "hono";
import { etag } from "hono/etag";

const page = join(import.meta.dirname, "page");
const litHtml = dirname(findPackageJSON("lit-html", import.meta.url) ?? "lit-html");

const script = "text/javascript; charset=utf-8";

/** Pages that people can open; all are one file, which finds out by its address what to show. */
const pages = ["/", "/sign-in", "/runs/:id", "/audit", "/wall"];

/** The page and all that it is made of: our own files and `lit-html`, nothing from elsewhere. They tell nobody anything. */
export function files(): Hono {
  const app = new Hono();
  const shell = readFileSync(join(page, "index.html"), "utf8");
  for (const path of pages) app.get(path, (context) => context.html(shell, 200, { "Cache-Control": "no-store" }));
  app.use("/assets/*", etag());
  const serve = (path: string, type: string, read: () => string) => {
    let text: string | undefined;
    app.get(path, (context) => {
      text ??= read();
      return context.body(text, 200, { "Content-Type": type, "Cache-Control": "no-cache" });
    });
  };
  for (const name of readdirSync(page)) {
    const read = () => readFileSync(join(page, name), "utf8");
    if (name.endsWith(".css")) serve(`/assets/${name}`, "text/css; charset=utf-8", read);
    if (name.endsWith(".svg")) serve(`/assets/${name}`, "image/svg+xml", read);
    if (name.endsWith(".ts")) serve(`/assets/page/${name}`, script, () => scriptOf(read()));
  }
  for (const name of ["lit-html.js", "directive.js", "directive-helpers.js", "directives/repeat.js"])
    serve(`/assets/lit-html/${name}`, script, () => readFileSync(join(litHtml, name), "utf8"));
  return app;
}

/** What a browser runs of a file in TypeScript. It finds our files by their paths, and packages not at all. */
function scriptOf(text: string): string {
  const stripped = quietly(() => stripTypeScriptTypes(text));
  return stripped.replaceAll(/ from "lit-html(\/[a-z/-]+\.js)?"/g, (_all, path?: string) => {
    return ` from "/assets/lit-html${path ?? "/lit-html.js"}"`;
  });
}

/** Node says that the function is experimental, in the middle of what somebody types at the prompt. */
function quietly<T>(work: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
