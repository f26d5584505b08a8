import { expect, test } from "vitest";
import type { RunEvent, RunFact } from "../../src/core/journal.ts";
import { edgeMetrics } from "../../src/telemetry/edge-metrics.ts";
import { openMetrics } from "../../src/telemetry/metrics.ts";
import { observe, type Source } from "../../src/telemetry/observe.ts";
import { runMetrics } from "../../src/telemetry/run-metrics.ts";

/** Metrics of runs whose events a test tells. */
async function observed(unfinished: Awaited<ReturnType<Source["unfinished"]>> = []) {
  const { registry } = openMetrics();
  let tell: (event: RunEvent) => void = () => undefined;
  const subscribe: Source["subscribe"] = (_all, listener) => {
    tell = listener;
    return () => undefined;
  };
  await observe({ subscribe, unfinished: () => unfinished }, [runMetrics(registry, ["scale", "build"])]);
  let seq = 0;
  const event = (fact: RunFact, runId = "r1", at = "2026-01-01T00:00:00Z") =>
    tell({ ...fact, runId, seq: (seq += 1), at });
  return { event, text: () => registry.metrics() };
}

const queued: RunFact = {
  kind: "run.queued",
  playbook: "scale",
  version: 1,
  cluster: "prod",
  input: {},
  risk: "reversible",
  actor: "alice",
  usual: { run: null, steps: {} },
};
const step = (name: string, node?: string): RunFact => ({
  kind: "step.started",
  name,
  title: name,
  ...(node === undefined ? {} : { node }),
});
const done = (name: string): RunFact => ({ kind: "step.finished", name, sentence: "", changed: 0, seconds: 2 });

test("the wait before a run begins is measured, and a run that is taken up again is no new one", async () => {
  const { event, text } = await observed();
  event(queued);
  event({ kind: "run.started", resumed: false }, "r1", "2026-01-01T00:00:07Z");
  event({ kind: "run.started", resumed: true }, "r1", "2026-01-01T01:00:00Z");
  expect(await text()).toContain('nonet_run_wait_seconds_sum{playbook="scale"} 7');
  expect(await text()).toContain('nonet_runs_started_total{playbook="scale"} 1');
  expect(await text()).toContain('nonet_runs_resumed_total{playbook="scale"} 1');
});

test("a run that came to its end but found that not all is well is told apart", async () => {
  const { event, text } = await observed();
  const end = { kind: "run.finished", failure: null, changed: 0, seconds: 1 } as const;
  event(queued);
  expect(await text()).toContain('nonet_runs_ended_total{playbook="scale",outcome="not_ok"} 0');
  event({ ...end, outcome: "done", result: { ok: false, verdict: "split" } });
  event(queued, "r2");
  event({ ...end, outcome: "failed", result: null }, "r2");
  expect(await text()).toContain('nonet_runs_ended_total{playbook="scale",outcome="not_ok"} 1');
  expect(await text()).toContain('nonet_runs_ended_total{playbook="scale",outcome="failed"} 1');
  expect(await text()).toContain('nonet_run_seconds_sum{playbook="scale"} 2');
});

test("whatever steps are called, their kinds stay few and name no node", async () => {
  const { event, text } = await observed();
  event(queued);
  for (let n = 1; n <= 150; n += 1) {
    event(step(`create web${n}`, `web${n}`));
    event(done(`create web${n}`));
    event(step(`web${n}`, `web${n}`));
    event(done(`web${n}`));
    event(done(`odd${n}`));
  }
  const kinds = new Set((await text()).match(/kind="[^"]*"/g));
  expect(kinds.size).toBeLessThanOrEqual(101);
  expect(await text()).not.toContain("web");
  expect(await text()).toContain('nonet_step_seconds_count{playbook="scale",kind="create"} 150');
});

test("round trips, calls and requests are counted by few labels", async () => {
  const { registry } = openMetrics();
  const edges = edgeMetrics(registry);
  edges.roundTrip({ kind: "run", milliseconds: 30, failed: null });
  edges.roundTrip({ kind: "connect", milliseconds: 30, failed: "unreachable" });
  for (const status of [200, 204, 404, 429, 503, null]) edges.linodeCall({ method: "GET", status });
  edges.request("cluster_locked");
  edges.chatFailure("slack", true);
  edges.chatFailure("slack", false);
  const text = await registry.metrics();
  expect(text).toContain('nonet_ssh_round_trip_seconds_count{kind="run"} 1');
  expect(text).not.toContain('kind="connect"');
  expect(text).toContain('nonet_ssh_connect_failures_total{code="unreachable"} 1');
  expect(text.match(/nonet_linode_calls_total\{.*/g)).toEqual([
    'nonet_linode_calls_total{method="GET",status="2xx"} 2',
    'nonet_linode_calls_total{method="GET",status="4xx"} 1',
    'nonet_linode_calls_total{method="GET",status="429"} 1',
    'nonet_linode_calls_total{method="GET",status="5xx"} 1',
    'nonet_linode_calls_total{method="GET",status="none"} 1',
  ]);
  expect(text).toContain('nonet_requests_total{result="cluster_locked"} 1');
  expect(text).toContain('nonet_chat_failures_total{chat="slack",fate="gone"} 1');
  expect(text).toContain('nonet_chat_failures_total{chat="slack",fate="again"} 1');
});
