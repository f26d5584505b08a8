import type { Card, CardStep } from "../../src/core/card.ts";

const now = 200_000;

const nothing: Card = {
  title: "/cluster build prod",
  state: "done",
  verdict: "",
  facts: [["run", "1f6f2f0c-1111-4222-8333-444444444444, started by alice"]],
  checklist: [],
  question: null,
  table: null,
  text: null,
  diff: [],
  picture: null,
  actions: [],
  startedAt: 0,
  endedAt: null,
};

const step = (title: string, parts: Partial<CardStep>): CardStep => ({
  title,
  state: "done",
  sentence: "",
  startedAt: 0,
  endedAt: 1400,
  usualMs: null,
  ...parts,
});

const waits = { state: "waiting", startedAt: null, endedAt: null } as const;

/** One card of each kind that people meet, as of `now`. */
export const cards = {
  now,
  asked: {
    ...nothing,
    state: "asking",
    facts: [...nothing.facts, ["plan", "2 machines to create, 1 to delete"], ["price", "$216.00 a month"]],
    diff: ["+ create db1 (prod-db1)", "- delete db3 (prod-db3)", "~ db2: nginx conf: workers 2 → 4"],
    question: {
      id: "1",
      text: "Build prod? Two different people must approve, of bob or carol, and one of them must type prod.",
      details: ["+ create db1", "- delete db3"],
      approveWith: "prod",
    },
    actions: [
      { id: "approve:1f6f2f0c:00", label: "Approve", style: "primary", fields: [] },
      { id: "refuse:1f6f2f0c:00", label: "Refuse", style: "danger", fields: [] },
      { id: "plan:1f6f2f0c:00", label: "Whole plan", style: "plain", fields: [] },
    ],
  },
  running: {
    ...nothing,
    state: "running",
    checklist: [
      ...Array.from({ length: 13 }, (_, index) => step(`Step ${index + 1}`, { sentence: "done" })),
      step("Boot db2", {
        state: "running",
        sentence: "waiting for it to answer",
        startedAt: now - 43_000,
        endedAt: null,
        usualMs: 48_000,
      }),
      ...Array.from({ length: 17 }, (_, index) => step(`Step ${index + 15}`, waits)),
    ],
    actions: [{ id: "cancel:1f6f2f0c:", label: "Cancel", style: "danger", fields: [] }],
  },
  failed: {
    ...nothing,
    state: "failed",
    verdict: "db2: mariadb did not start. Nothing else was changed. Look at its log.",
    checklist: [
      step("Boot db1", { sentence: "it answers" }),
      step("Start mariadb", { state: "failed", sentence: "db2: mariadb did not start", endedAt: 65_000 }),
    ],
    text: "[Note] plugin 'InnoDB'\n[ERROR] `ibdata1` is *locked*\n",
    endedAt: 187_000,
  },
  status: {
    ...nothing,
    title: "/cluster status prod",
    verdict: "consistent",
    facts: [],
    table: {
      columns: ["node", "state"],
      rows: [
        ["db1", "up"],
        ["web1", "<!channel> unreachable"],
      ],
    },
    startedAt: null,
  },
  /** A table that no screen has the width for. */
  wide: {
    ...nothing,
    title: "/cluster status prod",
    verdict: "consistent",
    facts: [],
    table: {
      columns: ["what", "Linode", "Pacemaker", "the nodes", "the network", "verdict"],
      rows: [
        ["lb address 198.18.0.18", "lb1, shared with lb2", "lb1", "lb1", "lb1", "consistent"],
        ["nfs1", "running", "–", `up; all services active${"; holds 10.10.0.30".repeat(12)}`, "", "consistent"],
      ],
    },
    startedAt: null,
  },
  answer: { ...nothing, title: "/lock prod", verdict: "prod is locked.", facts: [], startedAt: null },
} satisfies Record<string, Card | number>;
