#!/bin/bash
# launch.sh NETNS PROCS-FILE...: becomes a host. Enters the host's cgroups and network, then starts init.sh in namespaces of its
# own with the environment it was given. When this process ends, the kernel ends the host (--kill-child).
set -euo pipefail
netns=$1
shift
for procs in "$@"; do echo $$ >"$procs"; done
exec nsenter --net="/run/netns/$netns" \
  unshare --mount --uts --ipc --pid --cgroup --fork --kill-child /bin/bash "$HOST_SCRIPTS/init.sh"
