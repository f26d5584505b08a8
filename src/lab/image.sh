#!/bin/sh
# Run by mmdebstrap in the finished tree: image.sh ROOT DEBS INITRD PACKAGE...
# Leaves a Debian as on the day of its installation, the package files in DEBS, and INITRD for virtual machines.
set -eu
root=$1 debs=$2 initrd=$3
shift 3

# The packages that stay on the mirror only, with everything they need.
if [ $# -gt 0 ]; then
	chroot "$root" apt-get install --yes --quiet --no-install-recommends --download-only "$@"
fi
mkdir -p "$debs"
find "$root/var/cache/apt/archives" -name '*.deb' -exec mv -t "$debs" {} +
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin
rm -f "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/etc/dpkg/dpkg.cfg.d/99mmdebstrap

# Debian's own initial file system is made for every machine there is, and packed. Unpacking it takes a translated
# virtual machine many seconds; this one has what QEMU shows it, and is not packed.
cp -r "$root/etc/initramfs-tools" "$root/tmp/initrd.conf"
sed -i -e 's/^MODULES=.*/MODULES=list/' -e 's/^COMPRESS=.*/COMPRESS=zstd/' "$root/tmp/initrd.conf/initramfs.conf"
printf '%s\n' virtio_pci virtio_scsi sd_mod ext4 crc32c virtio_net virtio_console virtio_rng \
	>"$root/tmp/initrd.conf/modules"
for kernel in "$root"/lib/modules/*; do
	chroot "$root" mkinitramfs -d /tmp/initrd.conf -o /tmp/initrd.zst "${kernel##*/}"
done
chroot "$root" zstd -q -d -c /tmp/initrd.zst >"$initrd"
rm -r "$root/tmp/initrd.conf" "$root/tmp/initrd.zst"

# Nothing but the way in runs at first boot; whoever builds a node enables what it is for.
for link in "$root"/etc/systemd/system/*.wants/*; do
	unit=${link##*/}
	case $unit in
	ssh.service | networking.service | getty@tty1.service | remote-fs.target | systemd-pstore.service) ;;
	*) rm -f "$link" ;;
	esac
done
for link in "$root"/etc/rc2.d/S*; do
	[ -e "$link" ] || continue
	name=${link##*/S??}
	[ "$name" = ssh ] || chroot "$root" update-rc.d "$name" disable
done

# A machine makes or is given what tells it from others.
rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/lib/dbus/machine-id "$root"/var/lib/systemd/random-seed
: >"$root/etc/machine-id"
