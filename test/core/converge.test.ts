import { expect, test } from "vitest";
import { z } from "zod";
import { converge, differences } from "../../src/core/converge.ts";
import { OpsError } from "../../src/core/errors.ts";
import { desire, operation, type Item } from "../../src/core/operation.ts";
import { sh } from "../../src/core/shell.ts";
import type { Target } from "../../src/core/target.ts";

const { signal } = new AbortController();
const patience = { signal, steady: signal };

const setting = operation({
  name: "setting",
  state: z.object({ name: z.string(), value: z.string() }),
  key: ({ name }) => name,
  read: () => sh`true`,
  parse: () => [],
  apply: () => [],
});
const want = (name: string, value = "on") => desire(setting, { name, value });

const names = (items: readonly Item[]) => items.map(({ key }) => key).join(",");

/** A node that holds settings in memory and tells what it was asked. */
function memory(stubborn: readonly string[] = [], failing?: string) {
  const held = new Map<string, object>();
  const calls: string[] = [];
  const target: Target = {
    node: "web1",
    read: () => Promise.reject(new Error("not asked for")),
    check(items) {
      calls.push(`check ${names(items)}`);
      return Promise.resolve(items.map(({ key }) => held.get(key)));
    },
    apply(found) {
      calls.push(`apply ${names(found.map(({ item }) => item))}`);
      if (found.some(({ item }) => item.key === failing)) {
        return Promise.reject(new OpsError({ code: "action_failed", node: "web1", message: "No." }));
      }
      for (const { item } of found) if (!stubborn.includes(item.key)) held.set(item.key, item.want);
      return Promise.resolve();
    },
  };
  return { target, held, calls };
}

test("each stage is checked after the earlier ones are done, changed, and checked again", async () => {
  const { target, held, calls } = memory();
  held.set("b", { name: "b", value: "on" });
  const stages = [
    { name: "first", items: [want("a"), want("b")] },
    { name: "second", items: [want("c")] },
  ];
  const { checked, changed } = await converge(target, stages, patience);
  expect(checked).toBe(3);
  expect(changed.map(({ item, have, changes }) => [item.key, have, changes.length])).toEqual([
    ["a", undefined, 2],
    ["c", undefined, 2],
  ]);
  expect(calls).toEqual(["check a,b,c", "apply a", "check a,c", "apply c", "check c"]);
});

test("a node that is as wanted costs one round trip and changes nothing", async () => {
  const { target, calls } = memory();
  const stages = [{ name: "only", items: [want("a"), want("b")] }];
  await converge(target, stages, patience);
  calls.length = 0;
  expect(await converge(target, stages, patience)).toEqual({ checked: 2, changed: [] });
  expect(calls).toEqual(["check a,b"]);
});

test("only the field that differs is a change, with what was there", async () => {
  const { target, held } = memory();
  held.set("a", { name: "a", value: "off" });
  const [found] = await differences(target, [want("a")], patience);
  expect(found).toMatchObject({
    have: { name: "a", value: "off" },
    changes: [{ field: "value", have: "off", want: "on" }],
  });
});

test("what remains different after it was changed is an error that names it, and later stages are not begun", async () => {
  const { target, held, calls } = memory(["a"]);
  held.set("a", { name: "a", value: "off" });
  const stages = [
    { name: "first", items: [want("a")] },
    { name: "second", items: [want("c")] },
  ];
  const thrown: unknown = await converge(target, stages, patience).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(OpsError);
  expect(thrown).toMatchObject({ code: "not_converged", node: "web1" });
  expect(String(thrown)).toContain("setting a");
  expect(String(thrown)).toContain("have off, want on");
  expect(calls).not.toContain("apply c");
});

test("a failure stops everything that follows", async () => {
  const { target, calls } = memory([], "a");
  const stages = [
    { name: "first", items: [want("a")] },
    { name: "second", items: [want("c")] },
  ];
  await expect(converge(target, stages, patience)).rejects.toMatchObject({ code: "action_failed" });
  expect(calls.at(-1)).toBe("apply a");
});

test("a cancelled run finishes the stage that is begun, proves it, and says what is done and what is not", async () => {
  const { target, calls } = memory();
  const cancel = new AbortController();
  const apply: Target["apply"] = async (found, changing) => {
    cancel.abort(new OpsError({ code: "cancelled", message: "bob cancelled it.", hint: "Start it again." }));
    changing.signal.throwIfAborted();
    await target.apply(found, changing);
  };
  const stages = ["a", "b", "c"].map((name) => ({ name, items: [want(name)] }));
  const context = { signal: cancel.signal, steady: signal };
  await expect(converge({ ...target, apply }, stages, context)).rejects.toMatchObject({
    code: "cancelled",
    node: "web1",
    message: "bob cancelled it.",
    state: "1 of 3 stages is done on web1; the rest was not touched.",
    hint: "Start it again.",
  });
  expect(calls).toEqual(["check a,b,c", "apply a", "check a,b,c"]);
});

test("a cancel during the last stage changes nothing about its end; one before the first stage touches nothing", async () => {
  const { target, calls } = memory();
  const cancel = new AbortController();
  const stages = [{ name: "only", items: [want("a")] }];
  const apply: Target["apply"] = (found, changing) => {
    cancel.abort();
    return target.apply(found, changing);
  };
  const context = { signal: cancel.signal, steady: signal };
  expect((await converge({ ...target, apply }, stages, context)).changed).toHaveLength(1);
  const other = memory();
  await expect(converge(other.target, stages, context)).rejects.toMatchObject({
    message: "It was cancelled.",
    state: "Nothing was changed on web1.",
  });
  expect([...calls, ...other.calls]).toEqual(["check a", "apply a", "check a", "check a"]);
});
