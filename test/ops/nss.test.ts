import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, expect, test } from "vitest";
import { generateSecrets } from "../../src/engine/generate.ts";
import { nssDatabase, qdeviceDatabase, qnetdDatabase } from "../../src/ops/nss.ts";
import { present, validate } from "../policy/rendered.ts";

const folder = mkdtempSync(join(tmpdir(), "nonet-nss-"));
afterAll(() => rmSync(folder, { recursive: true }));

const here = present("certutil") && present("pk12util") && present("openssl") && process.getuid?.() === 0;
test.runIf(here).each(["qnetd", "qdevice"] as const)(
  "the database of %s is made once, and NSS trusts it",
  async (kind) => {
    const made = await generateSecrets("demo", [], Date.now());
    const of =
      kind === "qnetd" ? qnetdDatabase(made.authority, made.qnetd) : qdeviceDatabase(made.authority, made.qdevice.db);
    const want = { ...of, directory: join(folder, kind, "nssdb"), owner: "root", group: "root" };
    const look = () => nssDatabase.parse(validate("sh", ["-c", nssDatabase.read([want])]), [want])[0];
    expect(look()).toBeUndefined();
    const [action] = nssDatabase.apply(want, [], undefined);
    if (action?.kind !== "run") throw new Error("expected a script");
    chmodSync(folder, 0o755);
    for (let times = 0; times < 2; times++) {
      const done = spawnSync("sh", ["-c", action.script], { input: want.bundle.reveal(), encoding: "utf8" });
      expect(done.stderr + done.stdout).toContain("IMPORT SUCCESSFUL");
      expect(nssDatabase.diff(look(), want)).toEqual([]);
    }
    // V: as a TLS server, C: as a TLS client (certutil(1)).
    const usage = kind === "qnetd" ? "V" : "C";
    const said = validate("certutil", ["-V", "-d", want.directory, "-n", want.nickname, "-u", usage, "-e"]);
    expect(said).toContain("certificate is valid");
  },
);
