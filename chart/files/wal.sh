# shellcheck shell=bash
# Sourced by the entrypoint: the write-ahead log on a volume of its own. ANTDB_WAL names the directory on it, empty where
# there is none. `log` and DATA are the entrypoint's.
readonly WAL="${ANTDB_WAL:-}"
readonly ENGINE="${ANTDB_HOME:-/opt/app/antdb}"
readonly PROGRAMS="${ANTDB_PROGRAMS:-/run/antdb}"

# The agent runs initdb and pg_basebackup from the folder it is in itself, links followed (find_my_exec,
# src/common/exec.c). So it gets a folder of links in which it is a copy and these two are ours: they add the log's place.
engine_with_wal() {
  local name
  rm -rf "$PROGRAMS"
  mkdir -p "$PROGRAMS/bin"
  ln -s "$ENGINE/lib" "$ENGINE/share" "$PROGRAMS/"
  ln -s "$ENGINE"/bin/* "$PROGRAMS/bin/"
  for name in initdb pg_basebackup; do
    ln -sf "$(dirname "${BASH_SOURCE[0]}")/with-wal.sh" "$PROGRAMS/bin/$name"
  done
  rm -f "$PROGRAMS/bin/agent"
  cp -L "$ENGINE/bin/agent" "$PROGRAMS/bin/agent"
}

# Moves the log of a data directory that was made without a volume for it, postgres being down. A plain directory pg_wal is
# the truth as long as it stands, so a run killed at any point is done again: copy whole and on the disk, then the old one
# out of the way, then the link, then the old one away.
settle_wal() {
  local inside="$DATA/pg_wal" old="$DATA/pg_wal.moved"
  [[ -s $DATA/PG_VERSION ]] || return 0
  if [[ -n $WAL && -d $inside && ! -L $inside ]]; then
    log "moving the write-ahead log to its own volume: $(du -sm "$inside" | cut -f1) MB to $WAL"
    rm -rf "$old" "$WAL.copy"
    [[ ! -e $WAL ]] || put_aside
    cp -a "$inside" "$WAL.copy"
    sync -f "$WAL.copy"
    mv -T "$WAL.copy" "$WAL"
    sync "$(dirname "$WAL")"
    mv -T "$inside" "$old"
  fi
  if [[ -n $WAL && ! -e $inside && ! -L $inside && -d $old && -d $WAL ]]; then
    ln -s "$WAL" "$inside"
    sync "$DATA"
  fi
  if [[ ! -d $inside ]]; then
    # Not the end: through the agent a standby can be made anew, and postgres itself refuses to start.
    log "$inside leads to $(readlink "$inside" || echo nowhere), which is not there: this pod lacks the volume with its write-ahead log, and postgres will not start. Bring the volume back (persistence.wal); only a standby can be made anew instead. Nothing was touched"
  else
    rm -rf "$old"
  fi
}

# What is left on the volume belongs to a data directory that is no more. One such is kept: nobody can tell here whether
# it is worth nothing.
put_aside() {
  rm -rf "$WAL.left"
  mv -T "$WAL" "$WAL.left"
}
