import { spawnSync } from "node:child_process";
import { array, assert, integer, oneof, constantFrom, property, record, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { sh } from "../../src/core/shell.ts";
import { compile, newNonce, parseFrames, type Framing, type Part } from "../../src/ssh/frames.ts";
import { excerpt, keepTail, secretsIn } from "../../src/ssh/output.ts";
import { writeScript } from "../../src/ssh/write.ts";
import { anyText } from "../fixtures/text.ts";

const nonce = "0123456789abcdef0123456789abcdef";

function shell(parts: readonly Part[], framing: Framing) {
  const { stdout, stderr } = spawnSync("sh", [], { input: compile(parts, nonce, framing), encoding: "utf8" });
  return { stdout: parseFrames(stdout, nonce), stderr: parseFrames(stderr, nonce) };
}

const nasty = constantFrom("\n", "\n@", `\n@${nonce}`, " begin 0", " end 1 0\n", "'", "\\n", "%s", "\n\n");
const text = oneof(
  anyText(),
  array(nasty).map((list) => list.join("")),
)
  .map((value) => value.replaceAll("\0", ""))
  // Whoever knows the nonce can forge marks; nobody on a node does.
  .filter((value) => !new RegExp(`\\n@${nonce} (begin|end) \\d+( \\d+)?\\n`).test(`\n${value}\n`));

describe("framing", () => {
  test("gives each part's output and status back exactly, whatever is printed", () => {
    const part = record({ out: text, err: text, status: integer({ min: 0, max: 125 }) });
    assert(
      property(array(part, { minLength: 1, maxLength: 20 }), (list) => {
        const parts = list.map(({ out, err, status }) => ({
          script: sh`printf %s ${out}; printf %s ${err} >&2; exit ${status}`,
        }));
        const { stdout, stderr } = shell(parts, "facts");
        expect(stdout.map(({ output, status }) => [output, status])).toEqual(
          list.map(({ out, status }) => [out, status]),
        );
        expect(stderr.map(({ output }) => output)).toEqual(list.map(({ err }) => err));
      }),
      { numRuns: 25 },
    );
  });

  test("gives standard input byte by byte and keeps it out of the script's own words", () => {
    assert(
      property(text, (input) => {
        expect(shell([{ script: sh`cat`, stdin: new Secret(input) }], "actions").stdout[0]?.output).toBe(input);
      }),
      { numRuns: 15 },
    );
  });

  test("gives an empty standard input to a part that has none", () => {
    for (const framing of ["facts", "actions"] as const) {
      const [frame] = shell([{ script: sh`readlink /proc/self/fd/0` }], framing).stdout;
      expect(frame?.output).toBe("/dev/null\n");
    }
  });

  test("stops actions at the first failure, facts not", () => {
    const parts = [{ script: sh`echo a` }, { script: sh`echo b >&2; exit 4` }, { script: sh`echo c` }];
    const output = (framing: Framing) => shell(parts, framing).stdout.map((frame) => [frame.output, frame.status]);
    expect(output("actions")).toEqual([
      ["a\n", 0],
      ["b\n", 4],
    ]);
    expect(output("facts")).toEqual([
      ["a\n", 0],
      ["", 4],
      ["c\n", 0],
    ]);
  });

  test("an output that was cut off at either end says so", () => {
    const whole = `\n@${nonce} begin 0\nabc\n@${nonce} end 0 0\n\n@${nonce} begin 1\ndef`;
    expect(parseFrames(whole, nonce)).toEqual([
      { index: 0, output: "abc", status: 0, truncated: false },
      { index: 1, output: "def", truncated: false },
    ]);
    expect(parseFrames(`bc\n@${nonce} end 0 0\n`, nonce)).toEqual([
      { index: 0, output: "bc", status: 0, truncated: true },
    ]);
    expect(parseFrames("nothing", nonce)).toEqual([]);
  });

  test("no two nonces are alike", () => expect(newNonce()).not.toBe(newNonce()));
});

describe("captured output", () => {
  test("keeps its last bytes and counts all", () => {
    assert(
      property(array(string({ unit: "grapheme-ascii" })), integer({ min: 1, max: 50 }), (chunks, limit) => {
        const tail = keepTail(limit);
        for (const chunk of chunks) tail.push(Buffer.from(chunk));
        expect(tail.text()).toBe(chunks.join("").slice(-limit));
        expect(tail.bytes).toBe(chunks.join("").length);
      }),
    );
  });

  test("is shown without secrets, colours and control characters, the last lines of it", () => {
    expect(excerpt("a\nb\n\u001B[31mred\u001B[0m topsecret\r\n", ["topsecret"], 2)).toBe("b\nred ••••");
  });

  test("a key is a secret in each of its lines", () => {
    const line = "x".repeat(64);
    expect(secretsIn(new Secret(`BEGIN\n${line}\nEND\n`))).toEqual([`BEGIN\n${line}\nEND`, line]);
    expect(secretsIn("plain")).toEqual([]);
  });
});

test("a file is only written to an absolute path", () => {
  for (const path of ["etc/hosts", "/etc/", ""]) {
    expect(() => writeScript({ path, mode: "0644", owner: "root", group: "root" }, "")).toThrow(TypeError);
  }
});
