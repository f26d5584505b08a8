import { expect, test } from "vitest";
import { authorize, hasSecondPerson } from "../../src/auth/authorize.ts";
import { accessLevels, Principals, whoIs } from "../../src/auth/principals.ts";

const people = Principals.parse([
  { name: "alice", role: "admin", slack: "U1", discord: "12345678901234567" },
  { name: "bob", role: "operator", slack: "U2" },
  { name: "carol", role: "viewer", slack: "U3", console: "carol" },
]);
const may = (actor: string, via: "slack" | "discord" | "console") => {
  const principal = whoIs(people, { via, id: actor }, "root");
  return accessLevels.filter((access) => authorize({ principal, actor, access, what: "/cluster build" }) === undefined);
};

test("every role may what the ones below it may, and nothing above", () => {
  expect(may("U1", "slack")).toEqual(["viewer", "operator", "admin"]);
  expect(may("U2", "slack")).toEqual(["viewer", "operator"]);
  expect(may("U3", "slack")).toEqual(["viewer"]);
});

test("who is not named may nothing, whatever they call themselves", () => {
  for (const actor of ["U9", "alice", "root", "carol", ""]) expect(may(actor, "slack")).toEqual([]);
  expect(may("U1", "discord")).toEqual([]);
  expect(may("alice", "console")).toEqual([]);
  expect(Principals.parse(undefined)).toEqual([]);
});

test("a person is the same person on every platform", () => {
  const slack = whoIs(people, { via: "slack", id: "U1" }, "root");
  expect(whoIs(people, { via: "discord", id: "12345678901234567" }, "root")).toBe(slack);
});

test("the user who runs the bot is the owner, but only at the console of the machine", () => {
  expect(may("root", "console")).toEqual(["viewer", "operator", "admin"]);
  expect(may("root", "discord")).toEqual([]);
  expect(whoIs(people, { via: "console", id: "carol" }, "carol")).toMatchObject({ name: "carol", role: "viewer" });
});

test("a refusal says what is needed and what one is", () => {
  const refusal = authorize({ principal: people[2], actor: "carol", access: "admin", what: "/cluster destroy" });
  expect(refusal).toMatchObject({
    code: "forbidden",
    message: "/cluster destroy needs the role admin, and carol is only viewer.",
  });
});

test("names and ids that are used twice are a mistake in the configuration", () => {
  const twice = Principals.safeParse([
    { name: "alice", role: "admin", slack: "U1" },
    { name: "bob", role: "viewer", slack: "U1" },
  ]);
  expect(twice.error?.issues.map(({ message }) => message)).toEqual(["U1 is named twice"]);
});

test("a second person is one with the role", () => {
  expect(hasSecondPerson(people, "operator")).toBe(true);
  expect(hasSecondPerson(people, "admin")).toBe(false);
});
