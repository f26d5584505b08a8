import { actionId, type CardAction } from "./action.ts";
import type { Card, CardState } from "./card.ts";
import { shortId } from "./left.ts";
import type { Notice } from "./notice.ts";
import { utcMinute } from "./words.ts";

/** Whether somebody is to say that it was seen: news is not waited for. */
const awaitsWord = ({ open, severity }: Notice): boolean => open && severity !== "info";

/** The card of a notice: what is stored of it in other words. */
export function noticeCard(notice: Notice): Card {
  return {
    title: notice.title,
    state: stateOf(notice),
    verdict: notice.text,
    facts: factsOf(notice),
    checklist: [],
    question: null,
    table: notice.table,
    text: null,
    diff: [],
    picture: null,
    actions: awaitsWord(notice) ? [...notice.actions, ...offers(notice), acknowledge(notice)] : [],
    // No clock runs on it, and no chat keeps it waiting as it does with progress.
    startedAt: null,
    endedAt: notice.lastAt,
  };
}

const offers = ({ id, next }: Notice): CardAction[] =>
  next.map(({ label }, at) => ({
    id: actionId({ deed: "next", target: id, hash: at.toString(16) }),
    label,
    style: at === 0 ? "primary" : "plain",
    fields: [],
  }));

const acknowledge = ({ id }: Notice): CardAction => ({
  id: actionId({ deed: "acknowledge", target: id, hash: "" }),
  label: "Acknowledge",
  style: "plain",
  fields: [],
});

function stateOf(notice: Notice): CardState {
  const { severity, topic } = notice;
  if (severity === "info" || (topic !== "digest" && !notice.open)) return "done";
  return severity === "critical" ? "failed" : "asking";
}

function factsOf(notice: Notice): Card["facts"] {
  const { severity, cluster, count, firstAt, lastAt, acknowledgedBy, acknowledgedAt, resolvedAt } = notice;
  const facts: [string, string][] = notice.facts.map(([name, value]) => [name, value]);
  if (severity !== "info") facts.push(["severity", severity]);
  if (cluster !== null) facts.push(["cluster", cluster]);
  if (count > 1) facts.push(["happened", `${count} times since ${utcMinute(firstAt)}, last at ${utcMinute(lastAt)}`]);
  if (acknowledgedBy !== null) facts.push(["seen", `by ${acknowledgedBy} at ${utcMinute(acknowledgedAt ?? lastAt)}`]);
  if (resolvedAt !== null) facts.push(["resolved", `at ${utcMinute(resolvedAt)}`]);
  if (awaitsWord(notice)) facts.push(["not seen yet", `/notices ack ${shortId(notice.id)}`]);
  else if (isFollowed(notice)) facts.push(["goes on", "a newer notice counts on"]);
  return facts;
}

/** Whether it was closed only because a newer one of its key has taken its place. */
const isFollowed = ({ topic, open, acknowledgedBy, resolvedAt }: Notice): boolean =>
  topic !== "digest" && !open && acknowledgedBy === null && resolvedAt === null;
