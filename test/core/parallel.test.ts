import { expect, test } from "vitest";
import { OpsError } from "../../src/core/errors.ts";
import { inParallel } from "../../src/core/playbook.ts";

const errors: Record<string, OpsError> = {
  db1: new OpsError({ code: "cancelled", node: "db1", message: "bob cancelled it.", state: "1 of 3 is done on db1." }),
  db2: new OpsError({ code: "action_failed", node: "db2", message: "The disk is full.", state: "Half done." }),
  web1: new OpsError({
    code: "cancelled",
    node: "web1",
    message: "bob cancelled it.",
    state: "2 of 3 are done on web1.",
  }),
};
const failing = (...nodes: string[]) => inParallel(nodes, (node) => Promise.reject(errors[node] ?? new Error(node)));

test("what was cancelled tells its state on every node, and is no failure beside others", async () => {
  await expect(failing("db1", "web1")).rejects.toMatchObject({
    code: "cancelled",
    message: "bob cancelled it.",
    state: "1 of 3 is done on db1. 2 of 3 are done on web1.",
  });
  await expect(failing("db2", "web1")).rejects.toMatchObject({
    code: "action_failed",
    message: "The disk is full.",
    state: "Half done. 2 of 3 are done on web1.",
  });
  await expect(failing("db1", "db2")).rejects.toMatchObject({
    code: "cancelled",
    message: "bob cancelled it. Failed as well: db2: The disk is full.",
    state: "1 of 3 is done on db1.",
  });
});
