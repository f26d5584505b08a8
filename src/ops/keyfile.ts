import { z } from "zod";
import { operation } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import { lines, run, sh } from "../core/shell.ts";
import { Mode, Path } from "./file.ts";
import { sha256Hex } from "./sql.ts";

const KeyFile = z.strictObject({
  path: Path,
  /** The bytes in base64 without line breaks. */
  base64: z.instanceof(Secret<string>),
  mode: Mode,
  owner: z.string(),
  group: z.string(),
});
/** A file of random bytes, such as Corosync's key. */
export type KeyFile = z.infer<typeof KeyFile>;

/** Keeps a binary secret; compared by the hash of its base64 form and never shown. */
export const keyFile = operation<KeyFile>({
  name: "key file",
  state: KeyFile,
  key: (want) => want.path,
  read: (wants) =>
    lines([
      sh`look() {
  if [ -f "$1" ]; then echo "$(stat -c '%a %U %G' "$1") $(base64 -w0 <"$1" | sha256sum | cut -d' ' -f1)"; else echo none; fi
}`,
      ...wants.map(({ path }) => sh`look ${path}`),
    ]),
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((want, at) => {
      const [mode = "none", owner = "", group = "", hash = ""] = (found[at] || "none").split(" ");
      if (mode === "none") return undefined;
      const base64 = hash === sha256Hex(want.base64.reveal()) ? want.base64 : new Secret(hash);
      return { path: want.path, base64, mode: mode.padStart(4, "0"), owner, group };
    });
  },
  apply: ({ path, base64, mode, owner, group }) => [
    run(
      sh`set -eu
umask 077
mkdir -p "$(dirname ${path})"
base64 -d >${`${path}.new`}
chown ${`${owner}:${group}`} ${`${path}.new`}
chmod ${mode} ${`${path}.new`}
mv -f ${`${path}.new`} ${path}`,
      base64,
    ),
  ],
});
