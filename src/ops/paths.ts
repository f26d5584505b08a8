import { z } from "zod";
import { operation } from "../core/operation.ts";
import { run, sh } from "../core/shell.ts";
import { Mode, Path } from "./file.ts";

const Directory = z.strictObject({ path: Path, mode: Mode, owner: z.string(), group: z.string() });
export type Directory = z.infer<typeof Directory>;

/** A folder, and those above it; what is in it does not matter. */
export const directory = operation<Directory>({
  name: "directory",
  state: Directory,
  key: (want) => want.path,
  read: (wants) =>
    sh`for path in ${wants.map((want) => want.path)}; do
  if [ -d "$path" ]; then stat -L -c '%a %U %G' -- "$path"; else echo none; fi
done`,
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((want, index) => {
      const [mode = "none", owner = "", group = ""] = (found[index] ?? "none").split(" ");
      return mode === "none" ? undefined : { path: want.path, mode: mode.padStart(4, "0"), owner, group };
    });
  },
  apply: ({ path, mode, owner, group }) => [
    run(sh`set -eu
mkdir -p -- ${path}
chown -- ${`${owner}:${group}`} ${path}
chmod -- ${mode} ${path}`),
  ],
});

const Absent = z.strictObject({ path: Path, absent: z.boolean() });

/** A file that must not be there. A folder in its place is an error, never deleted. */
export const absent = operation<z.infer<typeof Absent>>({
  name: "no file",
  state: Absent,
  key: (want) => want.path,
  read: (wants) =>
    sh`for path in ${wants.map((want) => want.path)}; do
  if [ -e "$path" ] || [ -L "$path" ]; then echo there; else echo none; fi
done`,
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((want, index) => ({ path: want.path, absent: found[index] === "none" }));
  },
  apply: ({ path }) => [run(sh`rm -f -- ${path}`)],
});
