import { z } from "zod";
import { desire, operation, type Item } from "../core/operation.ts";
import { run, sh } from "../core/shell.ts";
import { fileItem, Path } from "./file.ts";
import { directory } from "./paths.ts";

const User = z.strictObject({
  name: z.string().regex(/^[a-z_][a-z0-9_-]{0,30}$/),
  uid: z.int().min(1).max(65_533),
  /** Of the group of the same name. */
  gid: z.int().min(1).max(65_533),
  home: Path,
  shell: Path,
});
export type User = z.infer<typeof User>;

/** A system user with the same numbers on every node, so that files on shared storage belong to the same one. */
export const user = operation<User>({
  name: "user",
  state: User,
  key: (want) => want.name,
  read: (wants) => sh`for name in ${wants.map((want) => want.name)}; do getent passwd "$name" || echo none; done`,
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((_want, index) => {
      const [name, , uid, gid, , home, shell] = (found[index] ?? "").split(":");
      if (name === undefined || home === undefined || shell === undefined) return undefined;
      return { name, uid: Number(uid), gid: Number(gid), home, shell };
    });
  },
  apply: ({ name, uid, gid, home, shell }, _changes, have) => [
    run(sh`set -eu
if getent group ${name} >/dev/null; then groupmod --gid ${gid} ${name}; else groupadd --system --gid ${gid} ${name}; fi`),
    have === undefined
      ? run(sh`useradd --system --no-create-home --uid ${uid} --gid ${gid} --home-dir ${home} --shell ${shell} ${name}`)
      : run(sh`usermod --uid ${uid} --gid ${gid} --home ${home} --shell ${shell} ${name}`),
  ],
});

/**
 * The keys that may log in as root, and no others.
 * @throws TypeError when there is none: nobody could log in any more
 */
export function rootKeys(keys: readonly string[]): Item[] {
  if (keys.length === 0) throw new TypeError("root needs at least one authorized key");
  return [
    desire(directory, { path: "/root/.ssh", mode: "0700", owner: "root", group: "root" }),
    fileItem("/root/.ssh/authorized_keys", `${keys.join("\n")}\n`, { mode: "0600" }),
  ];
}
