import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import type { Fact } from "../../../src/core/fact.ts";
import { sh, type Script } from "../../../src/core/shell.ts";
import { together } from "../../../src/ops/facts/together.ts";
import { unreadable } from "../../../src/ops/facts/unreadable.ts";

const fact = (name: string, script: Script): Fact<string> => ({
  name,
  script,
  parse(output) {
    if (output.includes("garbage")) throw unreadable("It printed garbage.");
    return output;
  },
});
// The folder of a node's memory is not to be touched by a test.
const here = (script: string) => script.replace("/run/nonet-look", "${TMPDIR:-/tmp}/nonet-look");

it("lets no fact spoil the others, and waits for none longer than it may", () => {
  const asked = together(
    [
      fact("good", sh`echo one; echo "äöü"; printf '@end 0\n'`),
      fact("late", sh`sleep 30`),
      fact("gone", sh`no-such-tool --help`),
      fact("failed", sh`echo "cannot connect" >&2; exit 3`),
      fact("garbage", sh`echo garbage`),
      fact("huge", sh`yes`),
      fact("silent", sh`true`),
      fact("locale", sh`echo "$LC_ALL"`),
      fact("input", sh`cat`),
    ],
    2,
  );
  const { stdout, status } = spawnSync("sh", ["-c", here(asked.script)], { encoding: "utf8", input: "typed" });
  expect(status).toBe(0);
  const told = asked.parse(stdout);
  expect(told).toEqual([
    { known: true, value: "one\näöü\n@end 0\n" },
    { known: false, why: "late was not told within 2 s" },
    { known: false, why: expect.stringContaining("gone cannot be read: ") },
    { known: false, why: "failed cannot be read: cannot connect" },
    { known: false, why: "garbage cannot be read: It printed garbage." },
    { known: false, why: "the answer about huge is longer than 2048 KiB" },
    { known: true, value: "" },
    { known: true, value: "C\n" },
    { known: true, value: "" },
  ]);
});

it("takes an answer that was cut off for unknown", () => {
  const asked = together([fact("good", sh`echo one`), fact("other", sh`echo two`)], 2);
  const { stdout } = spawnSync("sh", ["-c", here(asked.script)], { encoding: "utf8" });
  const cut = stdout.slice(0, stdout.indexOf("\n@end") - 8);
  expect(asked.parse(cut)).toEqual([
    { known: true, value: "one\n" },
    { known: false, why: "the answer about other was cut off" },
  ]);
});
