import { expect, it } from "vitest";
import { missingScopes } from "../../src/cloud/scopes.ts";

it.each([
  [["*"], []],
  [null, []],
  [["linodes:read_write", "ips:read_write", "events:read_only"], []],
  [["linodes:*", "ips:*", "events:*", "account:*"], []],
  [["linodes:read_write", "ips:read_write", "events:read_write", "account:read_write"], []],
  [
    ["linodes:read_only", "events:read_only", "account:read_only"],
    ["linodes:read_write", "ips:read_write"],
  ],
])("of a token with %j, a build lacks %j", (granted, missing) => {
  expect(missingScopes(granted)).toEqual(missing);
});
