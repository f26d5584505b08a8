import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { openAuthorizer } from "../../src/auth/authorize.ts";
import { WhoMay } from "../../src/auth/who-may.ts";
import { atWeb, type Caller } from "../../src/core/caller.ts";
import type { Risk } from "../../src/core/plan.ts";
import { asked, authorizerFor, commands, console, slack, team, use } from "./fixture.ts";

const { authorize } = authorizerFor(team);
const may = (caller: Caller, what: Parameters<typeof authorize>[0]["what"]) => authorize({ caller, what }).may;
const denial = (caller: Caller, what: Parameters<typeof authorize>[0]["what"]) => {
  const ruling = authorize({ caller, what });
  return ruling.may ? null : { code: ruling.denial.code, text: `${ruling.denial.message} ${ruling.denial.hint}` };
};

describe("commands", () => {
  const uses = [
    use("help"),
    use("cluster list"),
    use("cluster status", { name: "prod" }),
    use("cluster status", { name: "staging" }),
    use("cluster scale", { name: "prod", web: 3, size: "small" }),
    use("cluster scale", { name: "staging", web: 3, size: "small" }),
    use("freeze"),
    use("cluster destroy", { name: "staging" }),
  ];
  // Columns: help, list, status prod, status staging, scale prod, scale staging, freeze, destroy staging.
  it.each([
    ["alice in ops", slack("U1"), "yyyyyyyy"],
    ["alice at the console", console("alice"), "yyyyyyyy"],
    ["alice on Discord", { via: "discord", id: "12345678901234567", channel: "22345678901234567" }, "yyyyyyyy"],
    ["alice in the channel of staging", slack("U1", "C2"), "y--y-y-y"],
    ["alice in a channel nobody named", slack("U1", "C9"), "yyyy----"],
    ["alice in private", slack("U1", null), "yyyy----"],
    ["alice in ops with strangers", { ...slack("U1"), external: true }, "yyyy----"],
    ["alice elsewhere with strangers", { ...slack("U1", "C9"), external: true }, "--------"],
    ["bob in ops", slack("U2"), "yyyy-y--"],
    ["carol in ops", slack("U3"), "y-y-----"],
    ["carol at the console", console("carol"), "y-y-----"],
    ["dave in ops", slack("U4"), "y----y--"],
    ["dave in the channel of staging", slack("U4", "C2"), "y-------"],
    ["erin in ops", slack("U5"), "y-------"],
    ["the owner at the console", console("root"), "yyyyyyyy"],
    ["the owner's name on Slack", slack("root"), "--------"],
    ["a Slack id on Discord", { via: "discord", id: "U1", channel: "22345678901234567" }, "--------"],
    ["a Slack id at the console", console("U1"), "--------"],
    ["a name that is no console user", console("bob"), "--------"],
    ["alice at the web console", atWeb("alice"), "yyyyyyyy"],
    ["bob at the web console", atWeb("bob"), "yyyy-y--"],
    ["dave at the web console, whose role is for ops", atWeb("dave"), "y-------"],
    ["the owner at the web console", atWeb("root"), "yyyyyyyy"],
    ["a Slack id at the web console", atWeb("U1"), "--------"],
  ] as const)("%s", (_who, caller, expected) => {
    expect(uses.map((what) => (may(caller, what) ? "y" : "-")).join("")).toBe(expected);
  });

  it.each([
    [{ web: 2, size: "small" }, true],
    [{ web: 4, size: "small" }, true],
    [{ web: 1, size: "small" }, false],
    [{ web: 5, size: "small" }, false],
    [{ web: "3", size: "small" }, false],
    [{ web: Number.NaN, size: "small" }, false],
    [{ web: 3, size: "large" }, false],
    [{ web: 3 }, false],
    [{}, false],
  ])("within limits: %j", (input, expected) => {
    expect(may(slack("U4"), use("cluster scale", { name: "staging", ...input }))).toBe(expected);
  });

  it("offers what is possible with some input", () => {
    const offered = (caller: Caller) => commands.flatMap(({ name }) => (may(caller, use(name, null)) ? [name] : []));
    expect(offered(slack("U2"))).toEqual(["help", "cluster list", "cluster status", "cluster scale"]);
    expect(offered(slack("U4"))).toEqual(["help", "cluster scale"]);
    expect(offered(slack("U4", "C2"))).toEqual(["help"]);
    expect(offered(slack("U9"))).toEqual([]);
  });
});

describe("denials", () => {
  const scale3 = use("cluster scale", { name: "prod", web: 3, size: "small" });
  it.each([
    [
      "what is needed, what one has, who could help",
      slack("U3"),
      scale3,
      "/cluster scale on prod needs the role operator or scaler, and carol is viewer on prod. Ask alice.",
    ],
    ["no role at all", slack("U5"), use("freeze"), "/freeze needs the role operator, and erin has none. Ask alice."],
    [
      "another cluster",
      slack("U2"),
      scale3,
      "/cluster scale on prod is not for bob: operator may do it only on staging. Ask alice.",
    ],
    [
      "arguments",
      slack("U4"),
      use("cluster scale", { name: "staging", web: 9, size: "large" }),
      "/cluster scale on staging is not for dave: scaler may do it only with web of at least 2 and at most 4 and with size small. Ask alice or bob.",
    ],
    [
      "another channel",
      slack("U4", "C2"),
      use("cluster scale", { name: "staging", web: 3, size: "small" }),
      "/cluster scale on staging is not for dave: scaler may do it only in ops. Ask alice or bob.",
    ],
    [
      "a channel for other clusters",
      slack("U1", "C2"),
      scale3,
      "/cluster scale on prod is not for the channel staging, which is for staging only. Use a channel of that cluster.",
    ],
    [
      "an approval",
      slack("U2"),
      { kind: "approve", run: asked({ risk: "dataloss", actor: "carol" }) } as const,
      "Approving a loss of data on staging needs the role admin, and bob is viewer and operator on staging. Ask alice.",
    ],
    [
      "a stranger learns of nobody",
      slack("U9"),
      scale3,
      "/cluster scale on prod is for people this bot knows, and U9 is none of them. Whoever runs this bot can name people and roles in nonet.yaml.",
    ],
  ])("%s", (_what, caller, what, text) => expect(denial(caller, what)?.text).toBe(text));

  it("say who has what only where the team is among itself", () => {
    const told = (caller: Caller) => denial(caller, use("cluster destroy", { name: "prod" }))?.text;
    expect(told(slack("U2"))).toContain("Ask alice");
    const list = (caller: Caller) => denial(caller, use("cluster list"))?.text;
    expect(list(slack("U3"))).toContain("Ask alice");
    expect(list(slack("U3", null))).toMatch(/viewer may do it only on prod\. Whoever runs this bot/);
    const external = told({ ...slack("U2"), external: true });
    expect(external).toBe(
      "/cluster destroy on prod is not for you in a channel that people from elsewhere can read. Use a channel of your own team.",
    );
    expect(list({ ...slack("U3"), external: true })).not.toMatch(/viewer|alice|bob|carol/);
  });
});

test("the owner of the machine is what the configuration makes of that user", () => {
  const { authorize } = authorizerFor({ people: [{ name: "rita", roles: ["viewer"], console: "root" }] });
  const ruling = authorize({ caller: console("root"), what: use("cluster list") });
  expect(ruling).toMatchObject({ may: true, principal: { name: "rita" } });
  expect(authorize({ caller: console("root"), what: use("freeze") }).may).toBe(false);
});

test("a role given for one cluster reaches no further than its rules, and the other way round", () => {
  const { authorize } = authorizerFor({
    people: [
      { name: "ann", roles: ["both on prod"], console: "ann" },
      { name: "ben", roles: ["both on test"], console: "ben" },
    ],
    roles: { both: [{ allow: ["cluster status"], clusters: ["prod", "staging"] }] },
  });
  const reach = (user: string) =>
    ["prod", "staging", "test"].filter(
      (name) => authorize({ caller: console(user), what: use("cluster status", { name }) }).may,
    );
  expect(reach("ann")).toEqual(["prod"]);
  expect(reach("ben")).toEqual([]);
});

test("a role that was taken away is gone at the next click", () => {
  let current = WhoMay.parse(team);
  const { authorize } = openAuthorizer({ current: () => current, owner: "root", commands });
  const attempt = {
    caller: slack("U2"),
    what: { kind: "approve", run: asked({ risk: "outage", actor: "carol" }) },
  } as const;
  expect(authorize(attempt).may).toBe(true);
  current = WhoMay.parse({ ...team, people: team.people.filter(({ name }) => name !== "bob") });
  expect(authorize(attempt).may).toBe(false);
});

test("whom nobody named is never allowed anything", () => {
  const known = new Set(team.people.flatMap((person) => [person.slack, person.discord, person.console]));
  const stranger = fc.record({
    via: fc.constantFrom("slack" as const, "discord" as const, "console" as const),
    id: fc
      .oneof(fc.string(), fc.constantFrom("alice ", "ALICE", "u1", "bob", "dave", "__proto__", "constructor", ""))
      .filter((id) => !known.has(id) && id !== "root"),
    channel: fc.constantFrom(null, "C1", "C2", "C9"),
    external: fc.boolean(),
  });
  const what = fc.oneof(
    fc
      .constantFrom(...commands)
      .chain((each) =>
        fc.constantFrom(null, {}, { name: "staging", web: 3, size: "small" }).map((input) => use(each.name, input)),
      ),
    fc.record({
      kind: fc.constantFrom("approve" as const, "stop" as const),
      run: fc
        .record({
          risk: fc.constantFrom<Risk>("read", "reversible", "outage", "dataloss"),
          cluster: fc.constantFrom("staging", "prod", null),
          actor: fc.oneof(fc.string(), fc.constantFrom("alice", "bob")),
        })
        .map(asked),
    }),
  );
  fc.assert(
    fc.property(stranger, what, (caller, what) => {
      const text = denial(caller, what)?.text;
      expect(text).toBeDefined();
      expect(text?.replace(caller.id, "")).not.toMatch(/alice|carol|dave|erin/);
    }),
  );
});

test("whoever can act only at the web console counts as a second person where there is one, and nowhere else", () => {
  // Nobody named a channel, so in Slack these two can only read.
  const whoMay = WhoMay.parse({
    people: [
      { name: "alice", slack: "U1", console: "alice", roles: ["admin"] },
      { name: "bob", slack: "U2", roles: ["admin"] },
    ],
  });
  const what = { kind: "approve", run: asked({ risk: "outage", actor: "alice" }) } as const;
  for (const web of [null, { channel: null }]) {
    const { authorize, approvers, mayApprove } = openAuthorizer({
      current: () => whoMay,
      owner: "root",
      commands,
      web,
    });
    expect(authorize({ caller: console("alice"), what }).may).toBe(web === null);
    expect(approvers(what.run)).toEqual(web ? ["alice", "bob"] : ["alice"]);
    expect(mayApprove("bob", what.run)).toBe(web !== null);
  }
});

test("what is started at the web console is shown in the channel that is named for it", () => {
  const whoMay = WhoMay.parse(team);
  const places = (channel: string | null) =>
    openAuthorizer({ current: () => whoMay, owner: "root", commands, web: { channel } }).placesOf(atWeb("alice"));
  expect(places("ops")).toEqual(["slack:C1", "discord:22345678901234567"]);
  expect(places("staging")).toEqual(["slack:C2"]);
  expect(places(null)).toEqual([]);
});
