import { expect, it } from "vitest";
import { OpsError } from "../../src/core/errors.ts";
import { oneByOne } from "../../src/core/playbook.ts";

const nodes = ["web1", "web2", "web3", "web4"].map((name) => ({ name }));

it("is done with one before it begins the next", async () => {
  const log: string[] = [];
  const found = await oneByOne(nodes, async ({ name }) => {
    log.push(`+${name}`);
    await Promise.resolve();
    log.push(`-${name}`);
    return name;
  });
  expect(found).toEqual(["web1", "web2", "web3", "web4"]);
  expect(log.join(" ")).toBe("+web1 -web1 +web2 -web2 +web3 -web3 +web4 -web4");
});

it.each([
  ["web1", "Left as it is. Not touched: web2, web3, and web4."],
  ["web2", "Left as it is. Done before: web1. Not touched: web3 and web4."],
  ["web4", "Left as it is. Done before: web1, web2, and web3."],
])("stops at %s and says what is done and what is not", async (bad, state) => {
  const begun: string[] = [];
  const failed = oneByOne(nodes, async ({ name }) => {
    begun.push(name);
    if (name === bad) throw new OpsError({ code: "bad", message: "No.", node: name, state: "Left as it is." });
  });
  await expect(failed).rejects.toMatchObject({ code: "bad", node: bad, message: "No.", state });
  expect(begun.at(-1)).toBe(bad);
});
