import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startApi } from "../../src/lab/api/server.ts";
import type { ApiOptions } from "../../src/lab/api/server.ts";
import { simulatedHypervisor } from "../../src/lab/simulated.ts";
import type { SimulatedHypervisor } from "../../src/lab/simulated.ts";

/** A request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** With the version, without the query. */
  readonly path: string;
  readonly query: string;
  readonly filter: string | null;
  readonly authorization: string | null;
  readonly sent: unknown;
  readonly status: number;
  readonly received: unknown;
}

/** What a wire can do to a request: answer by itself, carry it out and lose the answer, or swallow it. */
type Trouble =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body: string }
  | "lose-answer"
  | "no-answer"
  | null;

/** A lab's API with simulated machines, seen through a wire that can be disturbed and that remembers. */
export interface Bench {
  readonly url: string;
  readonly directUrl: string;
  readonly stateDir: string;
  readonly hypervisor: SimulatedHypervisor;
  readonly exchanges: Exchange[];
  /** Decides about each request; set by a test. */
  trouble: (method: string, path: string) => Trouble;
  /** Called after each exchange. */
  after: (exchange: Exchange) => void;
  /** One direct request with the full token. */
  raw(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** Status, headers and parsed body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export const token = "lab-token-5f0c2d7e9b1a";
export const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBv0m5xUq0y2t0m9o7mG5yq3m3mJ4u0N8e1F9ZkQ2w3A test";
const manyRequests = { count: 100_000, seconds: 60 };
/** Tests send more than the documented limits allow, except where they test the limits. */
const noLimits = { create: manyRequests, images: manyRequests, list: manyRequests, other: manyRequests };

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

async function forward(bench: Bench, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const url = new URL(request.url ?? "", bench.directUrl);
  const method = request.method ?? "GET";
  const trouble = bench.trouble(method, url.pathname);
  if (trouble === "no-answer") return;
  if (trouble !== null && trouble !== "lose-answer") {
    record(bench, request, url, body, trouble.status, trouble.body);
    response.writeHead(trouble.status, { "content-type": "application/json", ...trouble.headers }).end(trouble.body);
    return;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === "string" && !["host", "connection", "content-length"].includes(name) ? [[name, value]] : [],
    ),
  );
  const answer = await fetch(url, { method, headers, ...(body === "" ? {} : { body }) });
  const answered = await answer.text();
  if (trouble === "lose-answer") response.destroy();
  else response.writeHead(answer.status, passedHeaders(answer.headers)).end(answered);
  record(bench, request, url, body, answer.status, answered);
}

function passedHeaders(headers: Headers): Record<string, string> {
  const entries = [...headers].filter(([name]) => !["connection", "content-length", "keep-alive"].includes(name));
  return Object.fromEntries(entries);
}

function record(bench: Bench, request: IncomingMessage, url: URL, sent: string, status: number, body: string): void {
  const filter = request.headers["x-filter"];
  const exchange: Exchange = {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.search,
    filter: typeof filter === "string" ? filter : null,
    authorization: request.headers.authorization ?? null,
    sent: sent === "" ? null : parse(sent),
    status,
    received: parse(body),
  };
  bench.exchanges.push(exchange);
  bench.after(exchange);
}

/** Starts an API on simulated machines, behind a wire; its state is removed at `close`. */
export async function startBench(options: Partial<ApiOptions> = {}): Promise<Bench> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "nonet-api-"));
  const hypervisor = simulatedHypervisor({ bootMs: 5, shutdownMs: 5 });
  const api = await startApi({
    hypervisor,
    stateDir,
    port: 0,
    token,
    stageMs: 2,
    watchMs: 10,
    limits: noLimits,
    ...options,
  });
  const wire = createServer((request, response) => {
    forward(bench, request, response).catch(() => response.destroy());
  });
  const bench: Bench = {
    url: "",
    directUrl: api.url,
    stateDir,
    hypervisor,
    exchanges: [],
    trouble: () => null,
    after: () => undefined,
    async raw(method, path, body, headers = {}) {
      const answer = await fetch(api.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, body: parse(await answer.text()) };
    },
    async close() {
      wire.closeAllConnections();
      await new Promise((resolve) => wire.close(resolve));
      await api.close();
      if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
    },
  };
  await new Promise<void>((resolve) => {
    wire.listen(0, "127.0.0.1", resolve);
  });
  const address = wire.address();
  if (address === null || typeof address === "string") throw new Error("the wire has no port");
  return Object.assign(bench, { url: `http://127.0.0.1:${String(address.port)}` });
}

/** Reads a field of an answer at a dotted path; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, part) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    return Reflect.get(inner, part);
  }, value);
}

/** The id in an answer. */
export function idOf(answer: Answer): number {
  const id = at(answer.body, "id");
  if (typeof id !== "number") throw new Error(`no id in ${JSON.stringify(answer.body)}`);
  return id;
}

/** Repeats a look at the API until it satisfies. */
export async function until<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 5000; turn += 1) {
    const value = await look();
    if (good(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("it never became so");
}

/** The least that creates a Linode that boots. */
export function deployBody(label: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    label,
    region: "us-ord",
    type: "g6-nanode-1",
    image: "linode/debian12",
    authorized_keys: [publicKey],
    ...more,
  };
}
