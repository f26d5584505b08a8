import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBench } from "./harness.ts";
import type { Bench } from "./harness.ts";
import {
  compareShapes,
  emptyShape,
  endpointOf,
  entities,
  kindOf,
  learn,
  missingRecordings,
  readRecordings,
} from "./recorded.ts";
import type { Recorded, Shape } from "./recorded.ts";
import { Replay } from "./replay.ts";
import { redirect, walkThrough } from "./scenario.ts";

interface Answered {
  readonly endpoint: string;
  readonly status: number;
  readonly received: unknown;
}

/** Differences that are meant: what they concern, and why. */
const meant: readonly (readonly [RegExp, string])[] = [
  [/^\/tags\.data\..*: missing$/, "a tag can be on things that the lab has not"],
  [
    /^\/linode\/instances\/\{\}\/configs\.devices\.sd[i-l]: missing$/,
    "more than eight devices came with 2025's limits",
  ],
  [/ips.*\.tags: missing$/, "only reserved addresses have tags"],
];

/** The shape of what each kind of endpoint answers. */
function shapes(exchanges: readonly Answered[]): Map<string, Shape> {
  const all = new Map<string, Shape>();
  for (const { endpoint, status, received } of exchanges) {
    if (status >= 300 || endpoint.startsWith("DELETE")) continue;
    const kind = kindOf(endpoint);
    const shape = all.get(kind) ?? emptyShape();
    all.set(kind, shape);
    for (const entity of entities(received)) learn(shape, entity);
  }
  return all;
}

describe.skipIf(missingRecordings !== null)(`recorded traffic ${missingRecordings ?? ""}`, () => {
  let bench: Bench;
  let real: Recorded[];
  let ours: Answered[];
  let mine: Set<string>;
  beforeAll(async () => {
    real = readRecordings();
    bench = await startBench({ stageMs: 10 });
    redirect(bench.url);
    await walkThrough();
    ours = bench.exchanges.map((exchange) => ({ ...exchange, endpoint: endpointOf(exchange.method, exchange.path) }));
    mine = new Set(ours.map((exchange) => exchange.endpoint));
  }, 60_000);
  afterAll(async () => {
    await bench.close();
  });

  test("answers have the recorded fields with the recorded types, no more and no fewer", () => {
    const recorded = shapes(real.filter((exchange) => mine.has(exchange.endpoint)));
    const different: string[] = [];
    let kinds = 0;
    for (const [kind, shape] of shapes(ours)) {
      const truth = recorded.get(kind);
      if (truth === undefined) continue;
      kinds += 1;
      different.push(...compareShapes(truth, shape, kind));
    }
    const used = real.filter((exchange) => mine.has(exchange.endpoint)).length;
    console.log(
      `compared ${String(kinds)} kinds of answers with ${String(used)} of ${String(real.length)} recorded exchanges`,
    );
    expect(different.filter((line) => !meant.some(([pattern]) => pattern.test(line)))).toEqual([]);
    expect(kinds).toBeGreaterThan(20);
    expect(used).toBeGreaterThan(500);
  });

  test("requests take the recorded scope", async () => {
    const wrong: string[] = [];
    const seen = new Map(real.map((exchange) => [exchange.endpoint, exchange]));
    for (const endpoint of mine) {
      const recorded = seen.get(endpoint);
      if (recorded === undefined) continue;
      const [method = "GET"] = endpoint.split(" ");
      const answer = await bench.raw(method, recorded.path);
      const scope = answer.headers.get("x-accepted-oauth-scopes");
      if (scope !== recorded.acceptedScope)
        wrong.push(`${endpoint}: ${String(scope)}, not ${String(recorded.acceptedScope)}`);
    }
    expect(wrong).toEqual([]);
  });

  test("recorded requests, played again, get the recorded status and error", async () => {
    const tally = new Map<string, number>();
    const different: string[] = [];
    let errors = 0;
    for (const file of new Set(real.map((exchange) => exchange.file))) {
      const lab = await startBench({ stageMs: 15 });
      redirect(lab.url);
      const replay = new Replay("https://api.linode.com");
      for (const exchange of real.filter((candidate) => candidate.file === file && mine.has(candidate.endpoint))) {
        const outcome = await replay.play(exchange, exchange.path);
        const key = outcome.kind === "left out" ? outcome.why : outcome.kind;
        tally.set(key, (tally.get(key) ?? 0) + 1);
        if (outcome.kind === "same" && exchange.status >= 400) errors += 1;
        if (outcome.kind === "different") different.push(`${file} ${exchange.endpoint}: ${outcome.how}`);
      }
      await lab.close();
    }
    console.log("played again:", Object.fromEntries(tally), "of which errors:", errors);
    expect(different).toEqual([]);
    expect(tally.get("same")).toBeGreaterThan(300);
    expect(errors).toBeGreaterThan(10);
  }, 120_000);
});
