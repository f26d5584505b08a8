import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openState } from "../../src/engine/state.ts";
import { threeSteps } from "./child.ts";
import { freshDir, never, openWorld } from "./fixture.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process whose run hangs in the middle of step “two b”. */
async function hangingChild(dir: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "child.ts"), dir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

test("after kill -9 in mid-step the next start carries on, and no finished step is repeated", async () => {
  const dir = freshDir();
  const child = await hangingChild(dir);
  child.kill("SIGKILL");
  await once(child, "exit");
  const playbook = threeSteps(dir, false);
  const { engine, close } = await openWorld([playbook], { dir });
  const [left] = engine.unfinished();
  const again = await engine.start(playbook, { cluster: "demo" }, "bob");
  expect(again).toEqual({ runId: left?.id, joined: true });
  const view = await engine.finished(again.runId, never);
  expect(view).toMatchObject({ state: "done", resumed: 1, result: { verdict: `drawn by ${child.pid}` } });
  expect(view.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "one done",
    "two a done",
    "two b done",
    "three done",
  ]);
  expect(readFileSync(join(dir, "effects"), "utf8").trim().split("\n").toSorted()).toEqual([
    "one",
    "three",
    "two a",
    "two b",
    "two b",
  ]);
  await close();
});

test("a second process is told who holds the store, and gets it once that one is dead", async () => {
  const dir = freshDir();
  const child = await hangingChild(dir);
  expect(() => openState(dir, {})).toThrow(
    expect.objectContaining({ code: "store_in_use", message: expect.stringContaining(`process ${child.pid} `) }),
  );
  child.kill("SIGKILL");
  await once(child, "exit");
  openState(dir, {}).close();
});
