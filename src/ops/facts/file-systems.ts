import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** A file system on a disk. */
export interface FileSystem {
  /** Where it is mounted. */
  readonly path: string;
  /** `/dev/sda`, `/dev/drbd0`. */
  readonly device: string;
  /** Bytes, without those kept for root: as `df` computes its percentage. */
  readonly bytes: { readonly total: number; readonly free: number };
  /** `null` where there is no fixed number of them, as on btrfs and vfat. */
  readonly inodes: { readonly total: number; readonly free: number } | null;
  /** `lost`: read-only although nobody wanted it so, as a kernel does when the disk fails. */
  readonly writable: "yes" | "no" | "lost";
}

/** Every file system on a disk of its own, replicated ones included; none of other machines, which may not answer. */
export const fileSystems: Fact<readonly FileSystem[]> = {
  name: "file systems",
  script: sh`found=$(df -l -B1 -x tmpfs -x devtmpfs -x squashfs -x iso9660 -x efivarfs \
  --output=source,size,used,avail,itotal,iavail,target) || exit 1
printf '%s\n' "$found" | sed -n '2,$s/^/df /p'
awk '{ print "mount", $2, $4 }' /proc/self/mounts
sed 's/#.*//' /etc/fstab 2>/dev/null | awk 'NF >= 4 { print "fstab", $2, $4 }'
echo complete`,
  parse(output) {
    const lines = output.trimEnd().split("\n");
    if (lines.at(-1) !== "complete") throw unreadable("The list of file systems was cut off.");
    const options = (kind: string, path: string) =>
      lines
        .filter((line) => line.startsWith(`${kind} ${path} `))
        .at(-1)
        ?.split(" ")[2]
        ?.split(",") ?? [];
    const found = lines.filter((line) => line.startsWith("df ")).map((line) => fileSystemOf(line, options));
    if (!found.some(({ path }) => path === "/")) throw unreadable("df did not tell of the root file system.");
    return found;
  },
};

const row = /^df +(\S+) +(\d+) +(\d+) +(\d+) +(\d+|-) +(\d+|-) +(\/.*)$/;

function fileSystemOf(line: string, options: (kind: string, path: string) => readonly string[]): FileSystem {
  const [, device, size, used, free, inodes, freeInodes, path] = row.exec(line) ?? [];
  const [mounted, total] = [Number(size), Number(used) + Number(free)];
  if (device === undefined || path === undefined || !(mounted > 0) || !(total > 0) || total > mounted) {
    throw unreadable(`df tells “${line.slice(3, 120)}”.`);
  }
  // The kernel writes a blank in a path as \040.
  const now = options("mount", path.replaceAll("\\", "\\134").replaceAll(" ", "\\040"));
  if (!now.includes("rw") && !now.includes("ro")) throw unreadable(`The kernel does not tell how ${path} is mounted.`);
  const wanted = options("fstab", path).includes("ro") ? "no" : "lost";
  return {
    path,
    device,
    bytes: { total, free: Number(free) },
    inodes: Number(inodes) > 0 ? { total: Number(inodes), free: Number(freeInodes) } : null,
    writable: now.includes("rw") ? "yes" : wanted,
  };
}
