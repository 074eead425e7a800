#!/bin/bash
# PID 1 of a host: builds the host's own file tree, pivots into it, then becomes tini and services.sh.
# HOST is its name, HOST_DISK its root tree, HOST_CGROUPS what to mount ("v2", or the v1 hierarchies by name);
# HOST_BIN, HOST_IMAGES and HOST_SCRIPTS are folders of the machine it gets read-only.
set -euo pipefail
mount --make-rprivate / # from here on no mount is seen outside, and all vanish with this process
hostname "$HOST"
mount --bind "$HOST_DISK" "$HOST_DISK"
cd "$HOST_DISK"
give() { # give FOLDER PLACE: the machine's FOLDER, read-only
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}
give /usr usr
give "$HOST_BIN" opt/kubernetes
give "$HOST_IMAGES" opt/images
give "$HOST_SCRIPTS" opt/host
mount -t proc proc proc
mount -t sysfs sysfs sys
if [ "$HOST_CGROUPS" = v2 ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  # A cgroup that hands out controllers may hold no process itself: this one moves down, the launcher is moved by who started it.
  mkdir -p sys/fs/cgroup/init
  echo $$ >sys/fs/cgroup/init/cgroup.procs
  for _ in $(seq 250); do
    for c in cpuset cpu io memory pids; do echo "+$c" >sys/fs/cgroup/cgroup.subtree_control; done 2>/dev/null && break
    sleep 0.02
  done
else
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  for c in $HOST_CGROUPS; do
    mkdir "sys/fs/cgroup/$c"
    o=$c
    if [ "$c" = systemd ]; then o=none,name=systemd; fi
    mount -t cgroup -o "$o" cgroup "sys/fs/cgroup/$c" # in this cgroup namespace: shows only the host's own part
  done
fi
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p run/lock
pivot_root . .
umount -l .
cd /
mount --make-rshared / # what the kubelet mounts must be seen by containers that start later
exec env -i PATH="$PATH" HOME=/root LANG=C.UTF-8 tini -- /bin/bash /opt/host/services.sh "$HOST"
