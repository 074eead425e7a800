#!/usr/bin/env bash
# Stands for initdb and pg_basebackup, by the name it is called by: has them put the log on its own volume.
set -Eeuo pipefail
log() { printf '%s %s: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$name" "$*" >"${ANTDB_LOG:-/proc/1/fd/2}" || true; } 2>/dev/null
readonly name="${0##*/}"

DATA=""
for ((i = 1; i <= $#; i++)); do
  case ${!i} in
  -D | --pgdata)
    next=$((i + 1))
    DATA=${!next:-}
    ;;
  -D*) DATA=${!i#-D} ;;
  --pgdata=*) DATA=${!i#--pgdata=} ;;
  esac
done

# shellcheck source=chart/files/wal.sh
source "$(dirname "$(readlink -f "$0")")/wal.sh"

# Asked for its version, or told to overwrite what is there, it is on its own: it refuses a directory that holds files.
if [[ -z $DATA ]] || [[ -d $DATA && -n $(ls -A "$DATA") ]]; then
  exec "$ENGINE/bin/$name" "$@"
fi
if [[ -d $WAL && -n $(ls -A "$WAL") ]]; then
  log "$DATA is new and $WAL holds another's log: moved to $WAL.left"
  put_aside
fi
exec "$ENGINE/bin/$name" --waldir="$WAL" "$@"
