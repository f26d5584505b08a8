import type { CardAction, Next } from "./action.ts";
import type { Json } from "./json.ts";
import type { Place } from "./mouth.ts";
import type { Table } from "./table.ts";

/**
 * What somebody wants to be told of without having asked: a run that ended or failed, a break-glass, the audit's head,
 * what the watch noticed.
 */
export const topics = ["ended", "failed", "glass", "audit", "watch"] as const;
type Topic = (typeof topics)[number];

/** `info` is news, `warning` is for whoever is at work, `critical` wakes people. */
export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];

/** Whether something is at least as severe as that. */
export const reaches = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least);

/** Something that happened. */
export interface Raised {
  readonly topic: Topic;
  /** Names what repeats: `failed:build demo`. While a notice of this key is open, it only counts. */
  readonly key: string;
  readonly severity: Severity;
  readonly cluster: string | null;
  /** What it is, without a full stop: `build demo failed`. */
  readonly title: string;
  /** One or two sentences. */
  readonly text: string;
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** What can be done about the run it is about, while it is open: buttons of that run's card. */
  readonly actions?: readonly CardAction[];
  /** Commands that would do something about it, offered while it is open. */
  readonly next?: readonly Next[];
  /** Who caused it and so knows already. */
  readonly actor?: string | null;
  /** The run it is about. */
  readonly runId?: string | null;
}

/** What is known when something is right again. */
export interface Ending {
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** `null` for nothing. */
  readonly line: string | null;
}

/** What people are told without having asked. Times are milliseconds since 1970. */
export interface Notice extends Omit<Required<Raised>, "topic"> {
  readonly id: string;
  /** A `digest` tells what was held in quiet hours. */
  readonly topic: Topic | "digest";
  readonly table: Table | null;
  /** How often it has happened. */
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Whether it counts what happens, and waits to be acknowledged unless it is only news. */
  readonly open: boolean;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
  readonly resolvedAt: number | null;
  /** 1, 2, …: grows with every change. */
  readonly seq: number;
}

/** Hours of a day by the clock of a time zone: `22:00` to `07:00` in `Europe/Berlin`. */
export interface Hours {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}

/** One place that is to be told. */
export interface Route {
  readonly place: Place;
  /** Set while this has to wait for the end of these hours. */
  readonly quiet: Hours | null;
  /** Names of those whose phone rings when it is critical. */
  readonly mention: readonly string[];
}

/** By what notices are routed. */
export type About = Pick<Notice, "topic" | "severity" | "cluster">;

/** Notices that people look at and acknowledge. */
export interface Notices {
  /** Those that wait to be acknowledged, oldest first. */
  open(): Promise<readonly Notice[]>;
  /** Those whose id begins like this; no more than a few. */
  beginning(id: string): Promise<readonly Notice[]>;
  /** The one that this message is the card of. */
  under(message: { readonly place: Place; readonly messageId: string }): Promise<Notice | undefined>;
  /**
   * Says that somebody has seen it; for a broken glass this is the review.
   * @throws OpsError `no_such_notice`, `not_open` or `own_review`.
   */
  acknowledge(id: string, actor: string): Promise<Notice>;
}

/** A notice for programs. */
export const noticeData = ({ id, key, topic, severity, cluster, title, count }: Notice): Json => ({
  ...{ id, key, topic, severity, cluster, title, count },
});
