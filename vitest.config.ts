import { defineConfig } from "vitest/config";

/** Tests that start processes or servers of their own, or try so much that it takes seconds. */
const processes = [
  "test/{engine,lab-api,main,ssh,docs,telemetry,chats,web,fakes-slack,fakes-discord}/**/*.test.ts",
  "test/chat/{slack,discord}/**/*.test.ts",
];

/**
 * One after the other: `unit` needs nothing but Node and is done in half a minute; `process` starts servers, databases,
 * browsers and bots; `chaos` kills bots, a few when not asked for more; `lab` builds real machines, takes minutes, and has the computer
 * to itself, because Pacemaker does not wait for ever.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/lab/**", "test/chaos/**", ...processes],
          testTimeout: 20_000,
          // Half of the time would go into importing the same modules for each file.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { name: "process", include: processes, testTimeout: 60_000, sequence: { groupOrder: 2 } },
      },
      {
        test: {
          name: "chaos",
          include: ["test/chaos/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          // One lab at a time: the machines of two would starve each other.
          fileParallelism: false,
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
