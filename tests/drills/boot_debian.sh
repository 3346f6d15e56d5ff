#!/bin/sh
# Boots the Debian in folder $1, over which folder $2 is laid, in namespaces of its own. Ends when its systemd does,
# which dies with this process.
set -e
base=$1
place=$2

if [ "${3-}" != inside ]; then
    # A control group of its own, which the namespace takes for the root of all.
    group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/stampwell-debian-$$
    mkdir "$group"
    echo $$ >"$group/cgroup.procs"
    exec unshare --mount --pid --fork --kill-child --cgroup --uts --ipc sh "$0" "$base" "$place" inside
fi

mount --make-rprivate /
root=$place/root
mount -t overlay overlay -o "lowerdir=$base,upperdir=$place/upper,workdir=$place/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
hostname empty
cd "$root"
mkdir -p machine
pivot_root . machine
umount -l /machine
exec env -i container=drill PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --show-status=false
