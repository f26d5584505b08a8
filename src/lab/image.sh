#!/bin/sh
# Run by mmdebstrap in the finished tree: image.sh ROOT DEBS PACKAGE...
# Leaves a Debian as on the day of its installation, and the package files in DEBS.
set -eu
root=$1 debs=$2
shift 2

# The packages that stay on the mirror only, with everything they need.
if [ $# -gt 0 ]; then
	chroot "$root" apt-get install --yes --quiet --no-install-recommends --download-only "$@"
fi
mkdir -p "$debs"
find "$root/var/cache/apt/archives" -name '*.deb' -exec mv -t "$debs" {} +
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin
rm -f "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/etc/dpkg/dpkg.cfg.d/99mmdebstrap

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
