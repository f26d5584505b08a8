import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import { answer, command } from "../src/core/command.ts";
import type { Round } from "../src/core/watch.ts";
import { ago, allOf, counted, lasting, utcMinute } from "../src/core/words.ts";
import { describeMute } from "./shared/mutes.ts";

/** `/watch status`, `/watch status prod` */
export default command({
  name: "watch status",
  summary: "Say when each cluster was looked at last, what is wrong since when, what is due and what is muted",
  access: "viewer",
  input: z.object({ cluster: ClusterName.optional() }),
  async run({ services, notices }, { cluster }) {
    const now = services.clock.now();
    const rounds = (await services.watched.rounds()).filter(
      (round) => cluster === undefined || round.cluster === cluster,
    );
    const mutes = await notices.mutes(cluster ?? null);
    const open = rounds.flatMap((round) => round.open);
    const columns = ["cluster", "last look", "took", "nodes", "wrong", "held back by"];
    const text = [
      ...rounds.flatMap((round) => details(round, now)),
      ...mutes.map((mute) => describeMute(mute, now)),
    ].join("\n");
    return answer({
      ok: open.length === 0,
      verdict: verdictOf(rounds, cluster),
      ...(rounds.length === 0 ? {} : { table: { columns, rows: rounds.map((round) => rowOf(round, now)) } }),
      ...(text === "" ? {} : { text }),
      data: {
        // The picture is that of /cluster status.
        rounds: rounds.map((round) => JSON.parse(JSON.stringify({ ...round, snapshot: undefined }))),
        mutes: mutes.map((mute) => ({ ...mute })),
      },
    });
  },
});

function verdictOf(rounds: readonly Round[], cluster: string | undefined): string {
  if (rounds.length === 0) {
    const what = cluster === undefined ? "No cluster is watched" : `${cluster} is not watched`;
    return `${what} yet: it has to be built to its end, and not be switched off in nonet.yaml; the first look takes some seconds.`;
  }
  const count = rounds.reduce((sum, { open }) => sum + open.length, 0);
  return `${counted(rounds.length, "cluster")} watched; ${count === 0 ? "nothing is wrong" : `${counted(count, "thing")} wrong`}.`;
}

const rowOf = ({ cluster, at, tookMs, nodes, silent, open, explainedBy }: Round, now: number): string[] => [
  cluster,
  ago(now - at),
  `${(tookMs / 1000).toFixed(1)} s`,
  silent.length === 0 ? `${nodes} answered` : `${allOf(silent)} of ${nodes} did not answer`,
  String(open.length),
  explainedBy ?? "nothing",
];

/** What is wrong, and what is due when, a line each. */
function details({ cluster, beats, open }: Round, now: number): string[] {
  const due = beats.map(
    ({ name, everyMs, at }) => `${name} ${at + everyMs <= now ? "now" : `in ${lasting(at + everyMs - now)}`}`,
  );
  return [
    ...open.map(({ key, severity, title, since, told }) => {
      const held = told ? "" : ", not told";
      return `${cluster}: ${title} (${severity}, since ${utcMinute(since)}, ${lasting(now - since)}${held}; “${key}”)`;
    }),
    ...(due.length === 0 ? [] : [`${cluster}: due next: ${due.join(", ")}`]),
  ];
}
