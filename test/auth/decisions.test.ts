import { describe, expect, it } from "vitest";
import type { Caller } from "../../src/core/caller.ts";
import type { Risk } from "../../src/core/plan.ts";
import { asked, authorizerFor, console, slack, team, use } from "./fixture.ts";

const { authorize } = authorizerFor(team);
/** Whether anybody but the requester could approve it. */
const hasSecondPerson = (requester: string, risk: Risk, cluster: string | null, { approvers } = authorizerFor(team)) =>
  approvers(asked({ risk, cluster, actor: requester })).some((name) => name !== requester);
const may = (caller: Caller, what: Parameters<typeof authorize>[0]["what"]) => authorize({ caller, what }).may;
const denial = (caller: Caller, what: Parameters<typeof authorize>[0]["what"]) => {
  const ruling = authorize({ caller, what });
  return ruling.may ? null : { code: ruling.denial.code, text: `${ruling.denial.message} ${ruling.denial.hint}` };
};

describe("decisions", () => {
  const risks: readonly Risk[] = ["reversible", "outage", "dataloss"];
  // What carol asked for on staging and on prod, by risk.
  it.each([
    ["alice", slack("U1"), "yyy yyy"],
    ["bob", slack("U2"), "yy- ---"],
    ["carol herself", slack("U3"), "--- ---"],
    ["dave", slack("U4"), "--- ---"],
    ["alice in the channel of staging", slack("U1", "C2"), "yyy ---"],
    ["alice in private", slack("U1", null), "--- ---"],
    ["alice before strangers", { ...slack("U1"), external: true }, "--- ---"],
    ["nobody", slack("U9"), "--- ---"],
  ] as const)("%s approves", (_who, caller, expected) => {
    const row = (cluster: string) =>
      risks.map((risk) =>
        may(caller, { kind: "approve", run: asked({ risk, cluster, actor: "carol" }) }) ? "y" : "-",
      );
    expect([...row("staging"), " ", ...row("prod")].join("")).toBe(expected);
  });

  it("lets the requester confirm what is reversible, for as long as the command is allowed", () => {
    const run = asked({ risk: "reversible", actor: "dave", input: { name: "staging", web: 4, size: "small" } });
    expect(may(slack("U4"), { kind: "approve", run })).toBe(true);
    const more = { ...run, input: { name: "staging", web: 5, size: "small" } };
    expect(may(slack("U4"), { kind: "approve", run: more })).toBe(false);
    expect(may(slack("U4"), { kind: "approve", run: { ...run, actor: "alice" } })).toBe(false);
  });

  it("takes one's own yes to an outage only where nobody else could give it", () => {
    const own = (cluster: string) =>
      ({ kind: "approve", run: asked({ risk: "outage", cluster, actor: "alice" }) }) as const;
    expect(denial(slack("U1"), own("staging"))).toEqual({
      code: "needs_second_person",
      text: "Approving an outage on staging needs the yes of somebody else, because alice asked for it. Ask bob.",
    });
    expect(may(slack("U1"), own("prod"))).toBe(true);
    // The same person under another name of hers.
    expect(may(console("alice"), own("staging"))).toBe(false);
  });

  it("lets whoever may give the command stop the run it started, whatever the risk", () => {
    const input = { name: "staging", web: 3, size: "small" };
    const stop = (parts: object) =>
      ({ kind: "stop", run: asked({ risk: "dataloss", actor: "alice", input, ...parts }) }) as const;
    expect(may(slack("U4"), stop({}))).toBe(true);
    expect(may(slack("U4"), stop({ input: { ...input, web: 5 } }))).toBe(false);
    expect(may(slack("U4"), stop({ playbook: "destroy" }))).toBe(false);
    // Neither there, where the team does not see it, nor by somebody who may only look.
    expect(may(slack("U4", null), stop({}))).toBe(false);
    expect(may(slack("U3"), stop({}))).toBe(false);
  });

  it("lets people see the runs of clusters they may look at, and their own", () => {
    const command = { ...use("help").command, name: "runs show" };
    const see = (cluster: string, actor = "alice") =>
      ({ kind: "see", command, run: asked({ risk: "outage", cluster, actor }) }) as const;
    const row = (caller: Caller) => ["staging", "prod"].map((cluster) => may(caller, see(cluster)));
    expect(row(slack("U2"))).toEqual([true, true]);
    expect(row(slack("U3"))).toEqual([false, true]);
    expect(row(slack("U3", null))).toEqual([false, true]);
    expect(row(slack("U1", "C2"))).toEqual([true, false]);
    expect(row(slack("U4"))).toEqual([false, false]);
    expect(may(slack("U4"), see("staging", "dave"))).toBe(true);
    expect(row(slack("U9"))).toEqual([false, false]);
    expect(denial(slack("U3"), see("staging"))?.text).toContain("/runs show on staging");
  });

  it("takes one's own yes to a loss of data, as one of two", () => {
    const run = asked({ risk: "dataloss", cluster: "prod", actor: "alice" });
    expect(may(slack("U1"), { kind: "approve", run })).toBe(true);
    expect(may(slack("U3"), { kind: "approve", run: { ...run, actor: "carol" } })).toBe(false);
  });

  it("lets go on alone only who has the right to approve", () => {
    const broken = (cluster: string) =>
      ({ kind: "break", run: asked({ risk: "outage", cluster, actor: "bob" }) }) as const;
    expect(may(slack("U2"), broken("staging"))).toBe(true);
    expect(denial(slack("U2"), broken("prod"))?.text).toContain("Going on alone with an outage on prod");
  });

  it("looks at rights again, also at those of the owner who asked", () => {
    const run = asked({ risk: "outage", cluster: "staging", actor: "root" });
    const { approvers, mayApprove } = authorizerFor(team);
    expect(approvers(run)).toEqual(["root", "alice", "bob"]);
    expect(approvers({ ...run, actor: "carol" })).toEqual(["alice", "bob"]);
    expect(["root", "alice", "bob", "carol", "nobody"].map((name) => mayApprove(name, run))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("lets the requester and whoever may approve stop a run", () => {
    const stop = (cluster: string) =>
      ({ kind: "stop", run: asked({ risk: "outage", cluster, actor: "carol" }) }) as const;
    expect(["U1", "U2", "U3", "U4", "U9"].map((id) => may(slack(id), stop("staging")))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(may(slack("U3", null), stop("staging"))).toBe(false);
  });

  it("knows whether there is a second person", () => {
    expect(hasSecondPerson("alice", "outage", "staging")).toBe(true);
    expect(hasSecondPerson("alice", "outage", "prod")).toBe(false);
    expect(hasSecondPerson("alice", "outage", null)).toBe(false);
    expect(hasSecondPerson("bob", "dataloss", "prod")).toBe(true);
    expect(hasSecondPerson("root", "dataloss", "prod")).toBe(true);
  });

  it("does not count who could answer nowhere", () => {
    const alone = (channels: readonly { name: string; slack: string }[]) =>
      hasSecondPerson(
        "alice",
        "outage",
        "prod",
        authorizerFor({
          people: [
            { name: "alice", roles: ["admin"], console: "alice" },
            { name: "bob", roles: ["admin"], slack: "U2" },
          ],
          channels: [...channels],
        }),
      );
    expect(alone([])).toBe(false);
    expect(alone([{ name: "ops", slack: "C1" }])).toBe(true);
    expect(hasSecondPerson("root", "dataloss", "prod", authorizerFor({}))).toBe(false);
  });
});
