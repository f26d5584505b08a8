import type { Node } from "../../core/cluster.ts";
import type { Told } from "../../core/fact.ts";
import { ago } from "../../core/words.ts";
import { checkName, type NagiosCheck, type NagiosState } from "../../ops/facts/nagios.ts";
import type { Concern } from "./concern.ts";
import { all, hidden, judged, looked, type Looked } from "./looked.ts";

/** Seconds after which Nagios, which writes every 5, and a check, which is made every 30, are too old to count. */
const oldestFile = 120;
const oldestCheck = 900;

/**
 * What Nagios takes for broken, and Nagios itself. Only hard states count, and none that somebody acknowledged in Nagios
 * or put into a downtime there. Keys are `nagios HOST` and `nagios HOST SERVICE`, and `monitoring` for Nagios itself.
 * @param nodes all that it should watch
 */
export function judgeNagios(admin: Node, nodes: readonly Node[], told: Told<NagiosState>): Looked {
  const found = judged(told, admin.name, "monitoring", (state) => {
    const stopped = whyBlind(state);
    if (stopped !== null) return blind(admin, stopped);
    const down = new Set(state.checks.flatMap((one) => (one.service === null && one.state !== "ok" ? [one.host] : [])));
    return all(
      looked(nodes.flatMap((node) => unwatched(node, state))),
      ...state.checks.map((check) => judgeCheck(check, state.now, down)),
    );
  });
  return told.known ? found : { ...found, unknown: ["monitoring", "nagios"] };
}

function whyBlind({ written, now, checking, checks }: NagiosState): string | null {
  if (written === null || checks.length === 0) return "has written no status";
  if (now - written > oldestFile) return `wrote its status ${ago((now - written) * 1000)}`;
  return checking ? null : "is told to make no checks";
}

/** What was wrong before may be so still. */
const blind = ({ name }: Node, why: string): Looked => ({
  unknown: ["nagios"],
  untold: [],
  concerns: [
    {
      key: "monitoring",
      severity: "warning",
      title: `Nagios on ${name} ${why}`,
      text: "Nobody would hear of what only Nagios watches.",
      facts: [],
      next: null,
      looks: 2,
    },
  ],
});

function unwatched({ name }: Node, { checks }: NagiosState): Concern[] {
  if (checks.some(({ host, service }) => host === name && service === null)) return [];
  return [
    {
      key: `monitoring ${name}`,
      severity: "warning",
      title: `Nagios does not watch ${name}`,
      text: "A build writes its configuration anew.",
      facts: [],
      next: null,
    },
  ];
}

const isBad = ({ checked, hard, state, flapping }: NagiosCheck): boolean =>
  checked && ((hard && state !== "ok") || flapping);

function judgeCheck(check: NagiosCheck, now: number, down: ReadonlySet<string>): Looked {
  const name = checkName(check);
  const key = `nagios ${name}`;
  if (!check.checked) return hidden(key, `${name} was never checked by Nagios`);
  if (now - check.last > oldestCheck)
    return hidden(key, `${name} was checked by Nagios ${ago((now - check.last) * 1000)}`);
  // Nothing on a host that is down says anything new, and it may be well again or not when the host is back.
  if (check.service !== null && down.has(check.host)) return { concerns: [], unknown: [key], untold: [] };
  if (check.silenced || !isBad(check)) return looked();
  const since = check.since === 0 ? [] : ([["since", ago((now - check.since) * 1000)]] as const);
  return looked([
    {
      key,
      severity: check.state === "critical" && !check.flapping ? "critical" : "warning",
      title: check.flapping ? `${name} changes again and again` : `${name}: ${check.says || "not well"}`,
      text: "That is what Nagios found. Acknowledged or put into a downtime there, it is silent here, too.",
      facts: [["says", check.says || "nothing"], ...since],
      next: null,
    },
  ]);
}
