import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { parseXml, type Element } from "../xml.ts";
import { unreadable } from "./unreadable.ts";

/** Something Pacemaker did that went wrong. */
export interface FailedAction {
  readonly resource: string;
  /** `start`, `stop`, `monitor`, `promote` … */
  readonly task: string;
  readonly node: string;
  /** Pacemaker's word for the exit status: `error`, `not running`; or how it ended: `Timed Out`. */
  readonly result: string;
  /** What the agent said; empty when it said nothing. */
  readonly reason: string;
  /** In Pacemaker's own words. */
  readonly at: string;
}

/** One try to fence a node. */
export interface FencingEvent {
  readonly target: string;
  /** `reboot`, `off`. */
  readonly action: string;
  /** `success`, `failed`, `pending`. */
  readonly status: string;
  readonly at: string;
}

/** A pair as one of its nodes sees it. */
export interface PairStatus {
  readonly quorate: boolean;
  /** Node name -> whether it is an active member. */
  readonly online: Readonly<Record<string, boolean>>;
  /** Nodes that may run nothing: in standby or maintenance. */
  readonly aside: readonly string[];
  /** Resource id -> nodes it runs on, with the role there: `Started`, `Promoted`, `Unpromoted`. */
  readonly running: Readonly<Record<string, readonly { readonly node: string; readonly role: string }[]>>;
  /** Resources that have failed and were not recovered, or are blocked. */
  readonly broken: readonly string[];
  readonly failures: readonly FailedAction[];
  /** Whether nodes are fenced, whether Pacemaker leaves everything alone, and what was fenced. */
  readonly fencing: boolean;
  readonly maintenance: boolean;
  readonly fenced: readonly FencingEvent[];
}

/** Members, quorum, and where each resource runs. Rejects while Pacemaker does not answer. */
export const pairStatus: Fact<PairStatus> = {
  name: "pacemaker status",
  script: sh`crm_mon -1 --output-as=xml --fence-history=2`,
  parse(output) {
    const root = elements(output).find(({ tag }) => tag === "pacemaker-result");
    const [options] = all(root, "cluster_options");
    const [coordinator] = all(root, "current_dc");
    const members = all(root, "nodes").flatMap(({ children }) => children);
    const [end] = all(root, "status");
    // A Pacemaker that has just started knows no members, and nothing of the rest, yet.
    const isWhole = members.length === 0 || (options !== undefined && coordinator !== undefined);
    if (end?.attributes["code"] !== "0" || !isWhole) {
      throw unreadable("crm_mon did not print its status as XML.");
    }
    const resources = all(root, "resource");
    return {
      quorate: coordinator?.attributes["with_quorum"] === "true",
      online: Object.fromEntries(members.map(({ attributes: { name = "", online } }) => [name, online === "true"])),
      aside: members.flatMap(({ attributes: { name = "", standby, maintenance } }) =>
        standby === "true" || maintenance === "true" ? [name] : [],
      ),
      running: runningIn(resources),
      broken: resources.flatMap(({ attributes: { id = "", failed, blocked } }) =>
        failed === "true" || blocked === "true" ? [id] : [],
      ),
      failures: all(root, "failure").map(failure),
      fencing: options?.attributes["stonith-enabled"] === "true",
      maintenance: options?.attributes["maintenance-mode"] === "true",
      fenced: all(root, "fence_event").map(({ attributes: { target = "", action = "", status = "", completed } }) => ({
        ...{ target, action, status, at: completed ?? "" },
      })),
    };
  },
};

/** What XML says; nothing where it is none. */
export function elements(output: string): readonly Element[] {
  try {
    return parseXml(output);
  } catch {
    return [];
  }
}

/** All elements of a name, in their order. */
export function all(root: Element | undefined, tag: string): readonly Element[] {
  if (root === undefined) return [];
  return [...(root.tag === tag ? [root] : []), ...root.children.flatMap((child) => all(child, tag))];
}

/** Where each of these resources is active. */
export function runningIn(resources: readonly Element[]): PairStatus["running"] {
  const running: Record<string, { node: string; role: string }[]> = {};
  for (const { attributes, children } of resources) {
    const { id = "", role = "", active } = attributes;
    const places = active === "true" ? children.filter(({ tag }) => tag === "node") : [];
    (running[id] ??= []).push(...places.map((place) => ({ node: place.attributes["name"] ?? "", role })));
  }
  return running;
}

function failure({ attributes }: Element): FailedAction {
  const [, resource, task] = /^(.+)_([a-z-]+)_\d+$/.exec(attributes["op_key"] ?? attributes["id"] ?? "") ?? [];
  const { status = "", exitstatus = "" } = attributes;
  return {
    resource: resource ?? attributes["id"] ?? "something",
    task: attributes["task"] ?? task ?? "action",
    node: attributes["node"] ?? "",
    result: /^(complete|done)?$/i.test(status) ? exitstatus || "failed" : status,
    reason: attributes["exitreason"] ?? "",
    at: attributes["last-rc-change"] ?? "",
  };
}

const verbs: Readonly<Record<string, string>> = {
  start: "did not start",
  stop: "did not stop",
  monitor: "was found broken",
  promote: "was not promoted",
  demote: "was not demoted",
};

/** `vip did not start on lb1 (error: no such card), Wed Nov 25 13:25:26 2026`. */
export function failureWords({ resource, task, node, result, reason, at }: FailedAction): string {
  const why = [result, reason].filter(Boolean).join(": ");
  return `${resource} ${verbs[task] ?? `failed to ${task}`} on ${node} (${why})${at === "" ? "" : `, ${at}`}`;
}

const outcomes: Readonly<Record<string, string>> = { success: "was", failed: "could not be", pending: "is being" };
const fencedWords: Readonly<Record<string, string>> = {
  reboot: "fenced by a restart",
  off: "switched off",
  on: "switched on",
};

/** `db1 was fenced by a restart, 2026-11-25 13:25:26Z`. */
export function fencingWords({ target, action, status, at }: FencingEvent): string {
  const what = fencedWords[action] ?? `fenced (${action})`;
  return `${target} ${outcomes[status] ?? `(${status})`} ${what}${at === "" ? "" : `, ${at}`}`;
}
