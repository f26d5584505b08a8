import { describe, expect, it } from "vitest";
import { z } from "zod";
import { actionId, readAction } from "../../src/core/action.ts";
import { ClusterName } from "../../src/core/cluster.ts";
import { freeText, optionsOf, RunId } from "../../src/core/option.ts";

const of = (schema: z.ZodType) => optionsOf({ input: { shape: { it: schema } } })[0];

describe("an option tells what it takes", () => {
  it.each([
    ["a cluster", ClusterName, { kind: "text", required: true, about: "cluster", description: "name of a cluster" }],
    ["a run that may be left out", RunId.optional(), { required: false, about: "run" }],
    ["prose", freeText, { about: "prose", maxLength: 500 }],
    ["a whole number", z.coerce.number().int().min(2).max(9), { kind: "integer", min: 2, max: 9, required: true }],
    ["a number without bounds", z.coerce.number().int(), { kind: "integer", min: null, max: null }],
    ["a choice with a default", z.enum(["web", "db"]).default("web"), { choices: ["web", "db"], required: false }],
    ["yes or no", z.coerce.boolean(), { kind: "boolean" }],
    ["a description", z.string().describe("node to move to").optional(), { description: "node to move to" }],
  ])("%s", (_name, schema, expected) => expect(of(schema)).toMatchObject(expected));
});

describe("the id of a button", () => {
  const pressed = {
    deed: "approve",
    target: "8d9f1b5c-16f5-4c53-8f3e-0a1b2c3d4e5f",
    hash: "0123456789abcdef",
  } as const;
  it("is read as it was made, and fits everywhere", () => {
    const id = actionId({ ...pressed, hash: `${pressed.hash}0123` });
    expect(readAction(id)).toEqual(pressed);
    expect(id.length).toBeLessThanOrEqual(100);
  });
  it.each([
    "",
    "approve",
    "approve:1:",
    "drop:8d9f1b5c:",
    `approve:${pressed.target}:${"g".repeat(16)}`,
    "approve:../x:",
  ])("that Nonet never made is nothing: %s", (id) => expect(readAction(id)).toBeUndefined());
});
