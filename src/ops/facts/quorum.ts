import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** What Corosync says of its membership; `null` when it does not run. */
export interface QuorumState {
  readonly quorate: boolean;
  /** Votes of members and quorum device that are there, and those there should be. */
  readonly votes: number;
  readonly expected: number;
}

/** Quorum as this node sees it. */
export const quorumState: Fact<QuorumState | null> = {
  name: "quorum state",
  // Without quorum it exits with 1, which is an answer too.
  script: sh`corosync-quorumtool -s 2>&1 || true`,
  parse(output) {
    if (/^Cannot initialize /m.test(output)) return null;
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\w+)\\s*$`, "m").exec(output)?.[1] ?? "";
    const quorate = field("Quorate");
    const [votes, expected] = [Number(field("Total votes") || "x"), Number(field("Expected votes") || "x")];
    if (!["Yes", "No"].includes(quorate) || !Number.isInteger(votes) || !(expected > 0)) {
      throw unreadable("corosync-quorumtool did not tell votes and quorum.");
    }
    return { quorate: quorate === "Yes", votes, expected };
  },
};
