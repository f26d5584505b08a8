import { describe, expect, it } from "vitest";
import {
  isMet,
  needOf,
  needWords,
  objectionToAnswer,
  readAnswer,
  wordFor,
  type Answer,
  type Vote,
} from "../../src/core/friction.ts";

const parts = { cluster: "demo", requester: "alice", oneTimeCode: false, breakGlass: false };
const team = ["alice", "bob", "carol"];
const vote = (actor: string, typed = false): Vote => ({ actor, typed, via: "console" });

describe("who must say yes", () => {
  // Votes with `!` are those of people who typed the cluster's name.
  it.each([
    ["reversible", team, ["alice"], true],
    ["outage", team, ["alice"], false],
    ["outage", team, ["bob"], true],
    ["outage", ["alice"], ["alice"], true],
    ["dataloss", team, ["alice!"], false],
    ["dataloss", team, ["alice", "bob"], false],
    ["dataloss", team, ["alice!", "bob"], true],
    ["dataloss", team, ["bob", "carol!"], true],
    ["dataloss", team, ["bob!", "bob!"], false],
    ["dataloss", ["alice"], ["alice"], false],
    ["dataloss", ["alice"], ["alice!"], true],
  ] as const)("%s among %j with the yes of %j: %s", (risk, who, votes, met) => {
    const given = votes.map((name) => vote(name.replace("!", ""), name.endsWith("!")));
    expect(isMet(needOf(risk, { ...parts, who }), given, "alice")).toBe(met);
  });
});

it("says who may answer, how, and who is still missing", () => {
  const words = (risk: "reversible" | "outage" | "dataloss", who: readonly string[], ...votes: Vote[]) =>
    needWords(needOf(risk, { ...parts, who, breakGlass: risk === "outage" }), votes, "alice");
  expect(words("reversible", ["alice"])).toBe("alice can approve it.");
  expect(words("outage", team)).toBe(
    "Somebody other than alice must approve: bob or carol. In an emergency alice can go on alone: break-glass and the reason.",
  );
  expect(words("dataloss", team)).toBe(
    "Two different people must approve, of alice, bob, or carol, and one of them must type demo.",
  );
  expect(words("dataloss", team, vote("alice", true))).toBe("1 of 2: alice has approved, bob or carol must too.");
  expect(words("dataloss", team, vote("alice"))).toBe(
    "1 of 2: alice has approved, bob or carol must too and type demo.",
  );
  expect(words("dataloss", ["alice"])).toBe("Nobody else could approve it, so alice alone decides and must type demo.");
});

it("reads an answer: everything that is no yes is a no", () => {
  const need = needOf("dataloss", { ...parts, who: team });
  expect(readAnswer(need, " demo ")).toEqual({ verdict: "approved", typed: "demo" });
  expect(readAnswer(need, "demo 123456")).toEqual({ verdict: "approved", typed: "demo", code: "123456" });
  expect(readAnswer(need, "yes")).toEqual({ verdict: "approved", typed: "yes" });
  expect(readAnswer(need, "break-glass the site is down")).toEqual({
    verdict: "break-glass",
    reason: "the site is down",
  });
  for (const no of ["", "no", "Demo", "demo!", "yes please", "123456"]) {
    expect(readAnswer(need, no)).toEqual({ verdict: "rejected" });
  }
  expect(readAnswer(needOf("dataloss", { ...parts, who: ["alice"] }), "yes")).toEqual({ verdict: "rejected" });
  expect(wordFor(need, [])).toBe("demo");
  expect(wordFor(need, [vote("bob", true)])).toBe("yes");
});

it("lets only the requester break the glass, with a reason, and only where there is one", () => {
  const asked = (breakGlass: boolean, who: readonly string[] = team) =>
    ({ hash: "h", requester: "alice", risk: "outage", need: needOf("outage", { ...parts, who, breakGlass }) }) as const;
  const answer = (actor: string, reason = ""): Answer => ({
    approvalId: "a",
    hash: "h",
    verdict: "break-glass",
    actor,
    via: "console",
    reason,
  });
  const code = (...given: Parameters<typeof objectionToAnswer>) => objectionToAnswer(...given)?.code;
  expect(code(asked(true), [], answer("alice", "down"))).toBeUndefined();
  expect(code(asked(true), [], answer("alice", " "))).toBe("needs_reason");
  expect(code(asked(true), [], answer("bob", "down"))).toBe("no_break_glass");
  expect(code(asked(false), [], answer("alice", "down"))).toBe("no_break_glass");
  expect(code(asked(true, ["alice"]), [], answer("alice", "down"))).toBe("no_break_glass");
});
