import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { toFailure } from "../../src/core/errors.ts";
import { commands } from "../../src/main/registry.ts";

async function read(text: string) {
  const path = join(await mkdtemp(join(tmpdir(), "nonet-config-")), "nonet.yaml");
  await writeFile(path, text);
  const config = readConfig({ NONET_CONFIG: path }, commands);
  return {
    config,
    problems: () =>
      config.then(
        () => "none",
        (error: unknown) => toFailure(error).message.replaceAll(path, "FILE"),
      ),
  };
}

it("names everybody and everything that was left out", async () => {
  const { config } = await read("people: [{ name: alice, console: alice }]\nroles: { idle: [] }");
  expect((await config).whoMay).toEqual({
    people: [{ name: "alice", console: "alice", roles: [] }],
    roles: { idle: [] },
    breakGlass: false,
    dataloss: { oneTimeCode: false },
    channels: [],
  });
  const empty = await readConfig({ NONET_CONFIG: "/nonexistent/nonet.yaml" }, commands);
  expect(empty).toMatchObject({ whoMay: { people: [], roles: {}, channels: [] }, clusters: [] });
});

it("takes the example as it is", async () => {
  const config = await readConfig({ NONET_CONFIG: "nonet.example.yaml" }, commands);
  expect(config.clusters.map(({ name }) => name)).toEqual(["prod", "staging"]);
  expect(config.whoMay.people.length).toBeGreaterThan(2);
});

it.each([
  [
    "an unknown role",
    "people: [{ name: a, slack: U1, roles: [oprator] }]",
    "people.0.roles.0: there is no role oprator",
  ],
  [
    "a role of two words",
    "people: [{ name: a, slack: U1, roles: [operator for staging] }]",
    "people.0.roles.0: a role is written like operator, or like operator on staging",
  ],
  [
    "a bad cluster",
    "people: [{ name: a, slack: U1, roles: [operator on Staging] }]",
    "people.0.roles.0: a cluster name is",
  ],
  ["nobody's name", "people: [{ name: a, roles: [viewer] }]", "people.0: say as whom this person speaks"],
  ["a mistyped key", "people: [{ name: a, slack: U1, role: viewer }]", 'people.0: Unrecognized key: "role"'],
  [
    "a number",
    "people: [{ name: a, discord: 123456789012345678 }]",
    "people.0.discord: a Discord user id is 17 to 20 digits; quote it",
  ],
  ["one id twice", "people: [{ name: a, slack: U1 }, { name: b, slack: U1 }]", "people.1.slack: U1 is named twice"],
  ["a built-in role", "roles: { admin: [{ allow: ['*'] }] }", "roles.admin: admin is built in"],
  ["a rule about nothing", "roles: { r: [{ clusters: [prod] }] }", "roles.r.0: a rule says what it allows"],
  [
    "no such command",
    "roles: { r: [{ allow: [cluster biuld] }] }",
    "roles.r.0.allow.0: there is no command /cluster biuld",
  ],
  [
    "no such option",
    "roles: { r: [{ allow: ['cluster *'], where: { nam: demo } }] }",
    "roles.r.0.where.nam: no command of this rule",
  ],
  [
    "no such limit",
    "roles: { r: [{ allow: ['*'], where: { name: { most: 4 } } }] }",
    'roles.r.0.where.name: Unrecognized key: "most"',
  ],
  [
    "an empty limit",
    "roles: { r: [{ allow: ['*'], where: { name: {} } }] }",
    "roles.r.0.where.name: a limit says min or max",
  ],
  [
    "nothing as a limit",
    "roles: { r: [{ allow: ['*'], where: { name: null } }] }",
    "roles.r.0.where.name: a limit is a value",
  ],
  [
    "limits on approvals",
    "roles: { r: [{ approve: [outage], where: { name: x } }] }",
    "roles.r.0: where limits commands",
  ],
  [
    "no such channel",
    "roles: { r: [{ allow: ['*'], channels: [ops] }] }",
    "roles.r.0.channels.0: there is no channel ops",
  ],
  [
    "a web console for everybody in plain",
    "web: { url: http://nonet.example.org }",
    "web.url: whoever listens on the way",
  ],
  ["a web console that tells nobody", "web: { channel: ops }", "web.channel: there is no channel ops"],
  ["nobody to notify", "notify: [{ channel: ops, on: [failed] }]", "notify.0.channel: there is no channel ops"],
  [
    "nobody on call",
    "channels: [{ name: ops, slack: C1 }]\nnotify: [{ channel: ops, on: [glass], mention: [erin] }]",
    "notify.0.mention.0: nobody is called erin",
  ],
  [
    "no such topic",
    "notify: [{ channel: ops, on: [fialed] }]",
    'notify.0.on.0: Invalid option: expected one of "ended"',
  ],
  [
    "no time of day",
    "notify: [{ channel: ops, on: [failed], quiet: { from: 22, to: '24:00', timezone: Mars/Olympus } }]",
    "notify.0.quiet.to: a time of day is like 07:00",
  ],
  [
    "no time zone",
    "notify: [{ channel: ops, on: [failed], quiet: { from: 22:00, to: 07:00, timezone: Mars/Olympus } }]",
    "notify.0.quiet.timezone: a time zone is like Europe/Berlin",
  ],
  [
    "quiet hours that hold everything back",
    "notify: [{ channel: ops, on: [failed], quiet: { from: 22:00, to: 07:00, below: everything } }]",
    "notify.0.quiet.below: Invalid option",
  ],
  ["a channel nowhere", "channels: [{ name: ops }]", "channels.0: say where this channel is"],
  [
    "one channel twice",
    "channels: [{ name: a, slack: C1 }, { name: a, slack: C1 }]",
    "channels.1.slack: C1 is named twice",
  ],
  [
    "a cluster twice",
    "clusters: [{ name: aa, operators: [10.0.0.1/32] }, { name: aa, operators: [10.0.0.1/32] }]",
    "clusters.1.name: aa is named twice",
  ],
  ["a list for a table", "people: alice", "people: Invalid input: expected array"],
])("refuses %s, and says where", async (_what, text, problem) => {
  expect(await (await read(text)).problems()).toContain(`FILE, ${problem}`);
});

it("tells every problem at once, whatever part of the file it is in", async () => {
  const { problems } = await read(`
people: [{ name: a, slack: U1, roles: [oprator] }]
roles: { r: [{ allow: [nothing] }] }
clusters: [{ name: X, operators: [] }]
colour: red
`);
  const text = await problems();
  expect(text).toMatch(/^The configuration has 5 problems: /);
  for (const part of ["people.0.roles.0", "roles.r.0.allow.0", "clusters.0.name", "clusters.0.operators", '"colour"']) {
    expect(text).toContain(part);
  }
});

it("takes a file that cannot be read for a problem, not for one that says nothing", async () => {
  await expect(readConfig({ NONET_CONFIG: tmpdir() }, commands)).rejects.toThrow("cannot be read");
});
