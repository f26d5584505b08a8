import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { What } from "../../src/auth/attempt.ts";
import { openAuthorizer } from "../../src/auth/authorize.ts";
import { danglingNames, WhoMay } from "../../src/auth/who-may.ts";
import type { Caller } from "../../src/core/caller.ts";
import { findCommand, readInput } from "../../src/core/typed.ts";
import type { Risk } from "../../src/core/plan.ts";
import { commands } from "../../src/main/registry.ts";

const page = await readFile(new URL("../../docs/who-may.md", import.meta.url), "utf8");
const whoMay = WhoMay.parse(parse(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? ""));
const { authorize } = openAuthorizer({ current: () => whoMay, owner: "root", commands });

/** Rows of the table that follows the example. */
const rows = page
  .split("\n")
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(([, , what]) => what !== undefined && /^(`\/|approve )/.test(what));

function callerOf(name: string, where: string): Caller {
  const person = whoMay.people.find((each) => each.name === name);
  if (where === "console") return { via: "console", id: person?.console ?? name, channel: null };
  const channel = whoMay.channels.find((each) => each.name === where)?.slack ?? null;
  return { via: "slack", id: person?.slack ?? name, channel };
}

function whatOf(text: string): What {
  const approval = /^approve (\w+) on (\w+)(?: asked by (\w+))?$/.exec(text);
  if (approval === null) {
    const typed = findCommand(text.replaceAll("`", ""), commands, []);
    return { kind: "use", command: typed.command, input: readInput(typed) };
  }
  const [, risk, cluster = "", actor = "zoe"] = approval;
  return { kind: "approve", run: { playbook: "build", cluster, input: { name: cluster }, risk: risk as Risk, actor } };
}

it("is about names that exist", () => expect(danglingNames(whoMay, commands)).toEqual([]));

describe("the page's examples", () => {
  it("are there", () => expect(rows.length).toBeGreaterThan(15));
  it.each(rows)("%s in %s: %s → %s", (who = "", where = "", what = "", expected = "") => {
    const ruling = authorize({ caller: callerOf(who, where), what: whatOf(what) });
    if (expected.startsWith("yes")) expect(ruling).toMatchObject({ may: true, principal: { name: who } });
    else expect(ruling.may ? "yes" : ruling.denial.message).toContain(expected);
  });
});
