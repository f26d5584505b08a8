import { z } from "zod";
import { OpsError } from "../core/errors.ts";
import { operation } from "../core/operation.ts";
import { lines, run, sh } from "../core/shell.ts";
import type { Script } from "../core/shell.ts";
import { Path } from "./file.ts";

const Name = z.string().regex(/^[a-z][a-z0-9]*$/);

const DrbdResource = z.strictObject({
  resource: Name,
  /** The disk below it. */
  disk: Path,
  metadata: z.boolean(),
  up: z.boolean(),
});
/** A replicated disk on this node: prepared and in use by DRBD, whatever its role and connection. */
export type DrbdResource = z.infer<typeof DrbdResource>;

/**
 * Prepares a disk for DRBD and brings it up. Metadata is only ever made on a disk that holds nothing at all: anything
 * that `blkid` recognises, or any byte that is not zero in its first and last MiB, is left alone and reported.
 */
export const drbdResource = operation<DrbdResource>({
  name: "replicated disk",
  state: DrbdResource,
  key: (want) => want.resource,
  read: (wants) =>
    lines(
      wants.map(
        ({ resource }) => sh`if drbdadm role ${resource} 2>/dev/null | grep -q /; then echo yes yes
elif drbdadm dump-md ${resource} >/dev/null 2>&1; then echo yes no
else echo no no; fi`,
      ),
    ),
  parse(output, wants) {
    const found = output.split("\n");
    return wants.map((want, at) => {
      const [metadata, up] = (found[at] ?? "").split(" ");
      return { ...want, metadata: metadata === "yes", up: up === "yes" };
    });
  },
  apply: (want, changes) => [
    ...(changes.some(({ field }) => field === "metadata") ? [run(createMetadata(want))] : []),
    run(sh`set -e
modprobe drbd
drbdadm up ${want.resource}`),
  ],
});

const createMetadata = ({ resource, disk }: DrbdResource): Script => sh`set -e
[ -b ${disk} ] || { echo ${`There is no disk ${disk}.`} >&2; exit 1; }
[ -z "$(wipefs --noheadings ${disk})" ] && [ -z "$(blkid -p -o value -s TYPE ${disk} || true)" ] ||
  { echo ${`${disk} holds data already; it was not touched.`} >&2; exit 1; }
size=$(blockdev --getsize64 ${disk})
for skip in 0 $((size / 1048576 - 1)); do
  [ "$(dd if=${disk} bs=1M count=1 skip="$skip" 2>/dev/null | tr -d '\0' | wc -c)" = 0 ] ||
    { echo ${`${disk} is not empty; it was not touched.`} >&2; exit 1; }
done
drbdadm create-md --force ${resource}`;

const Filesystem = z.strictObject({
  resource: Name,
  device: Path,
  disk: Path,
  type: z.literal("ext4"),
  /** Folders it is born with. */
  folders: z.array(z.string().regex(/^[a-z][a-z0-9/_-]*$/)),
});
/** The file system on a replicated disk. */
export type Filesystem = z.infer<typeof Filesystem>;

/**
 * Makes the file system on a replicated disk that never held anything, once both nodes are connected. The first
 * synchronisation of two empty disks is skipped (DRBD's generation identifier is still the one of a new disk on this
 * node, and the peer's disk is as new). Afterwards no node is primary, so that Pacemaker takes over.
 */
export const filesystem = operation<Filesystem>({
  name: "file system",
  state: Filesystem,
  key: (want) => want.device,
  // Internal metadata lie at the end of the disk: the file system is recognised on the disk below, whoever is primary.
  // blkid would stop at DRBD's own signature; wipefs lists all of them and changes nothing. DRBD writes past the disk's
  // own cache, which would still show what was there before.
  read: (wants) =>
    lines(
      wants.map(
        ({ disk }) => sh`blockdev --flushbufs ${disk} 2>/dev/null || true
wipefs --noheadings --output TYPE ${disk} 2>/dev/null || true; echo "#"`,
      ),
    ),
  parse(output, wants) {
    const found = output.split("#\n");
    return wants.map((want, at) => {
      const types = (found[at] ?? "").split("\n").filter((type) => type !== "" && type !== "drbd");
      const foreign = types.find((type) => type !== want.type);
      if (foreign === undefined) return types.length === 0 ? undefined : want;
      throw new OpsError({
        code: "foreign_data",
        message: `${want.disk} holds ${foreign}, which Nonet did not put there.`,
        state: "Nothing was changed on it.",
        hint: "Save what is on it and wipe it, or give the node another disk.",
      });
    });
  },
  apply: (want) => [run(makeFilesystem(want))],
});

const makeFilesystem = ({ resource, device, type, folders }: Filesystem): Script => sh`set -e
refuse() { echo "$1 Nothing was changed." >&2; exit 1; }
[ "$(drbdadm cstate ${resource})" = Connected ] || refuse 'The two storage nodes are not connected.'
[ "$(drbdadm role ${resource})" = Secondary/Secondary ] || refuse 'A node is primary already.'
case $(drbdadm dstate ${resource}) in
  UpToDate/UpToDate) ;;
  Inconsistent/Inconsistent)
    case $(drbdadm get-gi ${resource}) in
      0000000000000004:*) drbdadm new-current-uuid --clear-bitmap ${resource} ;;
      *) refuse 'Neither disk is up to date, yet they were in use before: a person must choose which one counts.' ;;
    esac ;;
  *) refuse "The disks are $(drbdadm dstate ${resource})." ;;
esac
tree=$(mktemp -d)
chmod 755 "$tree"
trap 'rm -rf "$tree"; drbdadm secondary ${resource}' EXIT
(cd "$tree" && mkdir -p -m 755 ${folders})
drbdadm primary ${resource}
[ -z "$(blkid -p -o value -s TYPE ${device})" ] || refuse 'There is a file system already.'
mkfs -t ${type} -q -d "$tree" ${device}
sync`;
