import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeSync, closeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of so many megabytes. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  empty(): void;
  remove(): void;
}

/** Why there can be none here; `undefined` when there can. */
export const noSmallDisk = mountable() ? undefined : "needs root, to mount a small disk";

function mountable(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    openSmallDisk().remove();
    return true;
  } catch {
    return false;
  }
}

/** @throws when this process may not mount. */
export function openSmallDisk(megabytes = 4): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), "nonet-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "nonet-disk", folder], { stdio: "pipe" });
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      const file = openSync(filler, "w");
      try {
        for (;;) writeSync(file, Buffer.alloc(4096));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    remove() {
      spawnSync("umount", [folder]);
      rmdirSync(folder);
    },
  };
}
