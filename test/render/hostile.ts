import fc from "fast-check";
import { roles } from "../../src/core/cluster.ts";
import type { Drawing } from "../../src/core/drawing.ts";

/** Milliseconds since 1970. */
const start = Date.UTC(2026, 10, 25, 12);

/** Any drawing, with text that means harm. */
export function drawingWith(text: fc.Arbitrary<string>): fc.Arbitrary<Drawing> {
  const few = <T>(item: fc.Arbitrary<T>, most = 6) => fc.array(item, { maxLength: most });
  const condition = fc.constantFrom(
    "fine" as const,
    "degraded" as const,
    "split" as const,
    "unknown" as const,
    "down" as const,
  );
  const role = fc.constantFrom(...roles);
  const moment = fc.integer({ min: 0, max: 1000 }).map((seconds) => start + seconds * 1000);
  const span = fc.tuple(moment, moment).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
  const node = fc.record({ name: text, role, place: text, condition, says: few(text) });
  const duty = fc.record({ role, what: text, badge: text, holders: few(text), condition, says: text });
  const from = fc.constantFrom(...roles, "internet" as const);
  const flow = fc.record({ from, to: role, ports: text, network: fc.constantFrom("public" as const, "vlan" as const) });
  const topology = fc.record({
    kind: fc.constant("topology" as const),
    cluster: text,
    vlan: text,
    at: moment,
    verdict: text,
    condition,
    nodes: few(node, 12),
    duties: few(duty),
    flows: few(flow),
  });
  const behind = fc.oneof(fc.nat(100_000), fc.constant("stopped" as const), fc.constant(null));
  const told = few(fc.tuple(moment, behind), 30).map((all) => all.toSorted((a, b) => a[0] - b[0]));
  const lags = fc.record({
    cluster: text,
    every: fc.constantFrom(1000, 30_000),
    series: few(fc.record({ node: text, samples: told })),
    events: few(fc.record({ at: moment, says: text }), 12),
  });
  const state = fc.constantFrom("done" as const, "failed" as const, "asked" as const, "open" as const);
  const one = fc.tuple(span, fc.record({ title: text, node: fc.option(text), state }));
  const outage = fc.tuple(span, text).map(([times, says]) => ({ ...times, says }));
  const runs = fc.record({
    title: text,
    steps: few(
      one.map(([times, rest]) => ({ ...rest, ...times })),
      40,
    ),
    outages: few(outage),
  });
  return fc.oneof(
    topology,
    fc.tuple(span, lags).map(([times, rest]) => ({ kind: "lag" as const, ...rest, ...times })),
    fc.tuple(span, runs).map(([times, rest]) => ({ kind: "timeline" as const, ...rest, ...times })),
  );
}
