import { Counter, Histogram, type Registry } from "prom-client";

/** What goes over the edges of Nonet: to nodes, to the Linode API, to chat, and what people ask for. */
export interface EdgeMetrics {
  /** A try to connect (`failed`: the code of its error, else `null`) or a script that was run. */
  readonly roundTrip: (trip: {
    readonly kind: "connect" | "run";
    readonly milliseconds: number;
    readonly failed: string | null;
  }) => void;
  /** `status`: HTTP status, `null` without an answer. */
  readonly linodeCall: (call: { readonly method: string; readonly status: number | null }) => void;
  /** A chat (`slack`) did not take something: it never will (`gone`), or it is tried again. */
  readonly chatFailure: (chat: string, gone: boolean) => void;
  /** A command or an answer: `ok`, or the code of the error it was refused with. */
  readonly request: (result: string) => void;
  /** A chat wanted to hear less: `slack`. */
  readonly rateLimit: (chat: string) => void;
}

/** Registers the metrics of the edges. */
export function edgeMetrics(registry: Registry): EdgeMetrics {
  const registers = [registry];
  const trips = new Histogram({
    name: "nonet_ssh_round_trip_seconds",
    help: "Connections opened and scripts run on nodes.",
    labelNames: ["kind"],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 10, 60, 600],
    registers,
  });
  const failures = new Counter({
    name: "nonet_ssh_connect_failures_total",
    help: "Tries to connect to a node that failed, by the code of the error.",
    labelNames: ["code"],
    registers,
  });
  for (const code of ["unreachable", "ssh_denied", "host_key_changed"]) failures.inc({ code }, 0);
  const calls = new Counter({
    name: "nonet_linode_calls_total",
    help: "Requests to the Linode API; status is a class such as 2xx, but 429 by itself and none without an answer.",
    labelNames: ["method", "status"],
    registers,
  });
  const unsaid = new Counter({
    name: "nonet_chat_failures_total",
    help: "What a chat did not take: gone can never be said there, again is tried again.",
    labelNames: ["chat", "fate"],
    registers,
  });
  const requests = new Counter({
    name: "nonet_requests_total",
    help: "Commands and answers of people; result is ok or the code of the error.",
    labelNames: ["result"],
    registers,
  });
  const limits = new Counter({
    name: "nonet_chat_rate_limits_total",
    help: "Answers of a chat that wants to hear less (429).",
    labelNames: ["chat"],
    registers,
  });
  return {
    roundTrip: ({ kind, milliseconds, failed }) => {
      if (failed === null) trips.observe({ kind }, milliseconds / 1000);
      else failures.inc({ code: failed });
    },
    linodeCall: ({ method, status }) => calls.inc({ method, status: statusClass(status) }),
    chatFailure: (chat, gone) => unsaid.inc({ chat, fate: gone ? "gone" : "again" }),
    request: (result) => requests.inc({ result }),
    rateLimit: (chat) => limits.inc({ chat }),
  };
}

function statusClass(status: number | null): string {
  if (status === null) return "none";
  return status === 429 ? "429" : `${Math.floor(status / 100)}xx`;
}
