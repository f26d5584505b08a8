import { expect, it } from "vitest";
import type { Caller } from "../../src/core/caller.ts";
import { slack } from "../auth/fixture.ts";
import { asked, desk, withTwoChats } from "./two-chats.ts";

withTwoChats();

it("completes and offers forms by what one may", async () => {
  const { runId } = await asked("/cluster restart prod");
  const runs = { command: "runs show", option: "id", typed: "", given: {} };
  expect(await desk.complete(runs, slack("U1"))).toEqual([
    { value: runId.slice(0, 8), label: `${runId.slice(0, 8)} /cluster restart prod by alice, waiting now` },
  ]);
  expect(await desk.complete(runs, slack("U9"))).toEqual([]);
  expect(await desk.complete({ ...runs, command: "cluster wipe" }, slack("U3"))).toEqual([]);
  expect(desk.formFor("/cluster restart", slack("U1"))).toMatchObject({
    command: "cluster restart",
    options: [
      { name: "name", required: true, kind: "text", about: "cluster" },
      { name: "size", required: false, kind: "integer", max: 9 },
    ],
  });
  expect(desk.formFor("/cluster restart", slack("U3"))).toBeUndefined();
  expect(desk.formFor("/cluster restart prod", slack("U1"))).toBeUndefined();
  expect(desk.formFor("/runs list", slack("U1"))).toBeUndefined();
  await expect(desk.submit("/cluster", slack("U1"))).rejects.toThrow("/cluster needs one more word: restart or wipe.");
  await expect(desk.use("cluster restart", { name: "prod", speed: "9" }, slack("U1"))).rejects.toThrow(
    "no option “speed”",
  );
});

it("shows a board of what one may see", async () => {
  await asked("/cluster restart prod");
  await asked("/cluster restart staging");
  const titles = async (caller: Caller) => (await desk.board(caller)).runs.map(({ cluster }) => cluster);
  expect(await titles(slack("U1", null))).toEqual(["prod", "staging"]);
  expect(await titles(slack("U3", null))).toEqual(["prod"]);
  expect(await titles(slack("U9", null))).toEqual([]);
});
