import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";

const dir = mkdtempSync(join(tmpdir(), "nonet-config-"));

function configOf(yaml: string, env: Record<string, string> = {}) {
  const path = join(dir, "nonet.yaml");
  writeFileSync(path, yaml);
  return readConfig({ NONET_CONFIG: path, ...env }, []);
}

test("HTTP is off unless it is asked for, and then on this machine alone", async () => {
  expect((await configOf("clusters: []")).http).toBeNull();
  expect((await configOf("http: {}")).http).toEqual({ host: "127.0.0.1", port: 9322 });
  expect((await configOf("http: { host: '::1', port: 8080 }")).http).toEqual({ host: "::1", port: 8080 });
  await expect(configOf("http: { port: 99999, hots: x }")).rejects.toThrow(/http.port: .*http: /);
});

test("the token may come as a systemd credential; the environment wins", async () => {
  writeFileSync(join(dir, "linode-token"), "from-systemd\n");
  const token = async (env: Record<string, string>) => (await configOf("", env)).linodeToken?.reveal();
  expect(await token({})).toBeUndefined();
  expect(await token({ CREDENTIALS_DIRECTORY: dir })).toBe("from-systemd");
  expect(await token({ CREDENTIALS_DIRECTORY: dir, LINODE_TOKEN: "from-env" })).toBe("from-env");
  expect(await token({ CREDENTIALS_DIRECTORY: "/nonexistent" })).toBeUndefined();
});
