import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OpsError } from "../../src/core/errors.ts";
import { scrub } from "../../src/core/secret.ts";
import { logDestination, openLog } from "../../src/telemetry/log.ts";

const key = "-----BEGIN KEY-----\nQUJDREVGR0hJSktMTU5PUA\ncXJzdHV2d3h5ejAxMjM0NTY\n-----END KEY-----\n";
const token = 'token-with-"quotes"-5f0c2d7e';

function openTestLog() {
  const destination = join(mkdtempSync(join(tmpdir(), "nonet-log-")), "nonet.log");
  const log = openLog({ level: "info", destination, scrub: (text) => scrub(text, [key, token]) });
  const lines = (): Record<string, unknown>[] =>
    readFileSync(destination, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { log, destination, lines };
}

test("a line is JSON with a level in words and a time people can read", () => {
  const { log, lines } = openTestLog();
  log.child({ run: "r1" }).info({ node: "db1" }, "It happened.");
  log.debug("This is less than what is written.");
  expect(lines()).toMatchObject([{ level: "info", run: "r1", node: "db1", msg: "It happened." }]);
  expect(String(lines()[0]?.["time"])).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test("known secrets are hidden wherever they are, whole or in part, and however they are escaped", () => {
  const { log, destination, lines } = openTestLog();
  log.info({ deep: { list: [key, { [token]: token }] }, cut: key.slice(20, 60) }, `Said ${token} and ${key}`);
  log.error({ err: new Error(`broken by ${token}`, { cause: new OpsError({ code: "x", message: key }) }) }, "Failed.");
  const text = readFileSync(destination, "utf8");
  expect(text).not.toContain("5f0c2d7e");
  expect(text).not.toContain("QUJDREVGR0hJSktMTU5PUA");
  expect(text).not.toContain("cXJzdHV2d3h5ejAxMjM0NTY");
  expect(lines()).toHaveLength(2);
});

test("an error keeps its stack and its causes, and nothing else that hangs on it", () => {
  const { log, lines } = openTestLog();
  const config = { headers: { Authorization: "Bearer unknown-to-the-vault" } };
  log.error({ err: Object.assign(new Error("HTTP 500", { cause: "a text" }), { code: "ERR", config }) }, "Failed.");
  expect(lines()[0]?.["err"]).toEqual({
    name: "Error",
    message: "HTTP 500",
    code: "ERR",
    stack: expect.stringContaining("log.test.ts"),
    cause: { message: "a text" },
  });
});

test("the log goes to a file, unless systemd's journal reads standard output", () => {
  expect(logDestination("/state", {})).toBe("/state/nonet.log");
  expect(logDestination("/state", { JOURNAL_STREAM: "8:1" })).toBe("/state/nonet.log");
});
