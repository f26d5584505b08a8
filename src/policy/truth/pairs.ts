import { nodesWith, pairRoles, type PairRole } from "../../core/cluster.ts";
import { valueOf } from "../../core/fact.ts";
import { failureWords, fencingWords, type FailedAction, type PairStatus } from "../../ops/facts/pair.ts";
import { pairDefaults } from "../corosync.ts";
import type { Finding } from "../finding.ts";
import { cell, missing, nothing, of, unknown, type Look, type Seen, type TruthRow } from "./seen.ts";

/** Members, quorum and votes of a pair, as each of its nodes sees them. */
export function pairRow(seen: Seen, role: PairRole): TruthRow {
  const looks = of(seen, role);
  const names = nodesWith(seen.cluster, role).map(({ name }) => name);
  const findings = [...missing(looks, ({ quorum }) => quorum), ...missing(looks, ({ pair }) => pair)];
  const votes = looks.map((look) => {
    const quorum = valueOf(look.quorum);
    if (quorum === undefined) return `${look.node.name} unknown`;
    findings.push(...quorumFindings(look, quorum));
    return quorum === null ? `${look.node.name} none` : `${look.node.name} ${quorum.votes} of ${quorum.expected} votes`;
  });
  const views = looks.flatMap(({ node, pair }) => {
    const status = valueOf(pair);
    return status === undefined ? [] : [{ by: node.name, status }];
  });
  for (const { by, status } of views) findings.push(...memberFindings(by, status, names));
  const online = [
    ...new Set(views.map(({ status }) => `${cell(names.filter((name) => status.online[name] === true))} online`)),
  ];
  return {
    key: `pair ${role}`,
    what: `${role} pair`,
    provider: nothing,
    pacemaker: online.length === 0 ? unknown : online.join("; "),
    node: [...new Set(votes.map((text) => text.replace(/^\S+ (\d)/, "$1")))].join(", "),
    wire: nothing,
    findings,
  };
}

function quorumFindings(
  { node }: Look,
  quorum: { quorate: boolean; votes: number; expected: number } | null,
): Finding[] {
  const found = (kind: string, says: string): Finding[] => [{ level: "degraded", says, about: `${kind} ${node.name}` }];
  if (quorum === null) return found("corosync", `Corosync does not run on ${node.name}`);
  if (!quorum.quorate) return found("quorum", `${node.name} has no quorum`);
  if (quorum.votes >= quorum.expected) return [];
  return found("votes", `${node.name} sees ${quorum.votes} of ${quorum.expected} votes`);
}

function memberFindings(by: string, status: PairStatus, names: readonly string[]): Finding[] {
  return names.flatMap((name): Finding[] => {
    if (status.aside.includes(name)) {
      return [{ level: "degraded", says: `${name} is in standby or maintenance`, about: `aside ${name}` }];
    }
    return status.online[name] === true || name === by
      ? []
      : [{ level: "degraded", says: `${by} does not see ${name} in its pair`, about: `unseen ${by} ${name}` }];
  });
}

/** One view of each pair: of the first node that could tell. */
const pairViews = (seen: Seen): (readonly [role: PairRole, status: PairStatus | undefined])[] =>
  pairRoles.map((role) => [role, of(seen, role).flatMap(({ pair }) => valueOf(pair) ?? [])[0]] as const);

/** Whether broken nodes are fenced as declared, whether Pacemaker acts at all, and what was fenced. */
export function fencingRow(seen: Seen): TruthRow {
  const declared = pairDefaults.properties["stonith-enabled"] === "true";
  const views = pairViews(seen);
  const findings = views.flatMap(([role, status]): Finding[] => {
    if (status === undefined) return [];
    const stuck = status.fenced.filter((event) => event.status !== "success");
    return [
      ...(status.fencing === declared
        ? []
        : [
            {
              level: "degraded",
              says: `fencing of the ${role} pair is ${status.fencing ? "on" : "off"}`,
              about: `off ${role}`,
            } as const,
          ]),
      ...(status.maintenance
        ? [
            {
              level: "degraded",
              says: `Pacemaker of the ${role} pair is in maintenance and does nothing`,
              about: `maintenance ${role}`,
            } as const,
          ]
        : []),
      ...stuck.map(
        (event) => ({ level: "degraded", says: fencingWords(event), about: `failed ${event.target}` }) as const,
      ),
    ];
  });
  const words = views.map(
    ([role, status]) => `${role} ${status === undefined ? unknown : status.fencing ? "on" : "off"}`,
  );
  const past = views.flatMap(([, status]) => status?.fenced ?? []).map((event) => fencingWords(event));
  return {
    key: "fencing",
    what: "fencing",
    provider: nothing,
    pacemaker: words.join(", "),
    node: past.length === 0 ? nothing : past.join("; "),
    wire: nothing,
    findings: [...findings, ...silent(seen)],
  };
}

/** What Pacemaker failed to do. What it got over by itself is told, but spoils nothing. */
export function failuresRow(seen: Seen): TruthRow {
  const views = pairViews(seen);
  const failures = views.flatMap(([, status]) => (status?.failures ?? []).map((failure) => ({ failure, status })));
  const findings = failures.map(({ failure, status }): Finding => ({
    level: isOver(failure, status) ? "note" : "degraded",
    says: failureWords(failure),
    about: `${failure.resource} ${failure.task} ${failure.node}`,
  }));
  const broken = views.flatMap(([role, status]) =>
    (status?.broken ?? []).map(
      (id) =>
        ({
          level: "degraded",
          says: `${id} of the ${role} pair is broken or blocked`,
          about: `broken ${role} ${id}`,
        }) as const,
    ),
  );
  const known = views.some(([, status]) => status !== undefined);
  return {
    key: "actions",
    what: "failed actions",
    provider: nothing,
    pacemaker: known
      ? failures.length === 0
        ? "none"
        : failures.map(({ failure }) => failureWords(failure)).join("; ")
      : unknown,
    node: nothing,
    wire: nothing,
    findings: [...findings, ...broken, ...silent(seen)],
  };
}

/** Where no node of a pair could tell, why not. */
function silent(seen: Seen): Finding[] {
  return pairViews(seen).flatMap(([role, status]) =>
    status === undefined ? missing(of(seen, role), ({ pair }) => pair) : [],
  );
}

/** The resource runs somewhere after all, and is not marked as broken. */
const isOver = ({ resource }: FailedAction, status: PairStatus | undefined): boolean => {
  const id = resource.replace(/:\d+$/, "");
  return status !== undefined && !status.broken.includes(id) && (status.running[id] ?? []).length > 0;
};
