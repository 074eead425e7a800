#!/usr/bin/env bash
# Gives each directory named to OWNER (uid:gid). It runs as root with no right but that to change owners: the kubelet
# makes a hostPath's directory as root's. What already belongs to OWNER is left as it is, what belongs to another, or
# holds files, is not touched.
set -Eeuo pipefail

for directory in "$@"; do
  now=$(stat -c %u:%g "$directory")
  [[ $now != "$OWNER" ]] || continue
  if [[ $now != 0:* ]] || [[ -n $(ls -A "$directory") ]]; then
    printf '%s, a directory on this host (%s), belongs to %s and not to %s: nothing was touched. If it is this pod'"'"'s data, type on the host: chown -R %s DIRECTORY\n' \
      "$directory" "$HOST_PATH" "$now" "$OWNER" "$OWNER" >&2
    exit 1
  fi
  chmod 0700 "$directory"
  chown "$OWNER" "$directory"
  printf '%s given to %s\n' "$directory" "$OWNER"
done
