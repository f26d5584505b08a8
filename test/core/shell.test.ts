import { spawnSync } from "node:child_process";
import { array, assert, property } from "fast-check";
import { expect, test } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { lines, quote, raw, run, sh } from "../../src/core/shell.ts";
import { anyText } from "../fixtures/text.ts";

const shell = (script: string) => spawnSync("sh", ["-s"], { input: script, encoding: "utf8" }).stdout;
const text = anyText().map((value) => value.replaceAll("\0", ""));

test("a quoted word is exactly the value it stands for, to a real shell", () => {
  assert(
    property(array(text, { maxLength: 50 }), (words) => {
      expect(shell(sh`printf '%s\0' x ${words}`)).toBe(["x", ...words].map((word) => `${word}\0`).join(""));
    }),
    { numRuns: 30, examples: [[["", "'", "''", "a'b", "$(exit)", "`", "\\", "\n", "*", "~", "-n", "#", "é"]]] },
  );
});

test("plain words stay readable, all others are quoted", () => {
  expect(["a-b_c.d/e:f=g@h%i+j,k", "", "a b", "it's", "~"].map(quote)).toEqual([
    "a-b_c.d/e:f=g@h%i+j,k",
    "''",
    "'a b'",
    `'it'\\''s'`,
    "'~'",
  ]);
  expect(() => quote("a\0b")).toThrow(TypeError);
});

test("strings, numbers and lists are data; only `raw` puts a script in", () => {
  const inner = sh`echo ${"a b"}`;
  expect(sh`f ${1} ${"x;y"} ${["a", "b c"]} ${inner}`).toBe(`f 1 'x;y' a 'b c' 'echo '\\''a b'\\'''`);
  expect(sh`if true; then ${raw(inner)}; fi`).toBe("if true; then echo 'a b'; fi");
  expect(lines([inner, sh`true`])).toBe("echo 'a b'\ntrue");
});

test("backslashes reach the shell as they are written; only a backtick and `${` need one", () => {
  expect(shell(sh`x=1; printf 'a\nb\\\n'; echo "\${x}" \`echo y\``)).toBe("a\nb\\\n1 y\n");
});

test("`run` carries standard input only when there is some", () => {
  expect(run(sh`true`)).toEqual({ kind: "run", script: "true" });
  const secret = new Secret("s");
  expect(run(sh`cat`, secret)).toEqual({ kind: "run", script: "cat", stdin: secret });
});
