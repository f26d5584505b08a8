import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";

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
  script: sh`corosync-quorumtool -s 2>/dev/null || true`,
  parse(output) {
    const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(output)?.[1] ?? "0");
    const quorate = /^Quorate:\s+(Yes|No)/m.exec(output)?.[1];
    if (quorate === undefined) return null;
    return { quorate: quorate === "Yes", votes: number("Total votes"), expected: number("Expected votes") };
  },
};
