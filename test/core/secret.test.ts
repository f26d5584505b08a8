import { format, inspect } from "node:util";
import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { reveal, scrub, Secret } from "../../src/core/secret.ts";

test("a secret shows dots however it is printed, and its value only when revealed", () => {
  const secret = new Secret("hunter2-hunter2");
  const held = { deep: [secret] };
  const prints = [
    String(secret),
    "" + secret,
    JSON.stringify(held),
    inspect(held, { depth: 9, showHidden: true }),
    format("%s %o %j", secret, secret, held),
    Object.entries(secret).join(),
  ];
  for (const print of prints) expect(print).not.toContain("hunter2");
  expect(String(secret)).toBe("••••");
  expect(JSON.stringify(held)).toBe('{"deep":["••••"]}');
  expect([reveal(secret), reveal("plain")]).toEqual(["hunter2-hunter2", "plain"]);
});

test("scrubbing removes every known secret, however often it occurs, and nothing else", () => {
  expect(scrub("a s3cret$& b s3cret$&", ["s3cret$&"])).toBe("a •••• b ••••");
  expect(scrub("short abc stays", ["abc"])).toBe("short abc stays");
  expect(scrub("it is password-long", ["password", "password-long"])).toBe("it is ••••");
  assert(
    property(string(), string(), string({ minLength: 6 }), (before, after, secret) => {
      expect(scrub(before + secret + after, [secret])).not.toContain(secret);
    }),
  );
});
