import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Cluster } from "../../src/core/cluster.ts";
import type { Stage } from "../../src/core/converge.ts";
import { reveal, Secret } from "../../src/core/secret.ts";
import { adminStages } from "../../src/policy/admin.ts";
import { dbStages } from "../../src/policy/db.ts";
import { lbStages } from "../../src/policy/lb.ts";
import { nfsStages } from "../../src/policy/nfs.ts";
import { nrpeStages } from "../../src/policy/nrpe.ts";
import { webStages } from "../../src/policy/web.ts";
import { secrets, theNode } from "../fixtures/cluster.ts";

const File = z.object({ path: z.string(), content: z.string().or(z.instanceof(Secret<string>)), mode: z.string() });

const stagesOf = { lb: lbStages, web: webStages, db: dbStages, nfs: nfsStages, admin: adminStages };

/** All stages of the services of a node. */
export function serviceStages(cluster: Cluster, name: string): Stage[] {
  const node = theNode(cluster, name);
  return [...stagesOf[node.role](cluster, node, secrets), ...nrpeStages(cluster, node, secrets)];
}

/** Every file a node's services are given: path -> content. */
export function renderedFiles(cluster: Cluster, name: string): Map<string, string> {
  const items = serviceStages(cluster, name).flatMap(({ items }) => items);
  return new Map(
    items.flatMap(({ operation, want }) => {
      if (operation.name !== "file") return [];
      const { path, content } = File.parse(want);
      return [[path, reveal(content)] as const];
    }),
  );
}

/** Puts the files below a folder and returns the path each got. */
export function putBelow(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(folder + path), { recursive: true });
    writeFileSync(folder + path, content);
  }
}

/** Whether a program is here; says so when it is not, because the test that needs it is skipped. */
export function present(program: string): boolean {
  const found = spawnSync("sh", ["-c", `command -v "$1"`, "sh", program], { env: withSbin }).status === 0;
  if (!found) process.stderr.write(`skipped: ${program} is not installed, so its files are not validated here\n`);
  return found;
}

const withSbin = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin:/lib/drbd` };

/** Runs a validator; returns all it said, and throws with that when it fails. */
export function validate(program: string, args: readonly string[], env: Record<string, string> = {}): string {
  const done = spawnSync(program, args, { encoding: "utf8", env: { ...withSbin, ...env } });
  const said = `${done.stdout}${done.stderr}`;
  if (done.status !== 0) throw new Error(`${program} ended with ${done.status ?? done.signal}:\n${said}`);
  return said;
}

/** A certificate and its key in one PEM, made for the test. */
export function throwawayPem(): string {
  return execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-subj",
      "/CN=test",
      "-keyout",
      "-",
      "-out",
      "-",
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
}
