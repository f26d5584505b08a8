/** QEMU's name of a machine's disk, by its number in slot order. */
export const driveName = (index: number): string => `drive-scsi-disk-${String(index)}`;

/**
 * Where a system finds its disk number `index`, under the name Linode's disks have as well. Names such as `sda` are
 * given in the order in which the kernel's probes happen to end.
 */
export const diskLink = (index: number): string => `/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_${driveName(index)}`;
