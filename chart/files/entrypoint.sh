#!/usr/bin/env bash
# Runs one AntDB pod and ends it so that no data is hurt.
#   entrypoint.sh agent   a node: the agent, through which the manager makes, starts and stops this node's postgres
#   entrypoint.sh mgr     the manager: adbmgrd, on a directory made by initmgr the first time
# shellcheck disable=SC2317,SC2329 # what only a trap calls, as older and newer versions put it
set -Eeuo pipefail
umask 077

readonly MODE="${1:-}"
readonly DATA="${ANTDB_DATA:-/var/lib/antdb/data}"
readonly PASSWORD_FILE="${ANTDB_PASSWORD_FILE:-/etc/antdb/credentials/hooks-password}"
readonly AGENT_PORT="${ANTDB_AGENT_PORT:-8432}"
readonly MANAGER_PORT="${ANTDB_MANAGER_PORT:-6432}"
readonly SOCKETS="${ANTDB_SOCKETS:-/tmp}"
readonly READY_FILE="$SOCKETS/antdb-manager-ready" # the readiness probe asks for it
readonly STOP_SECONDS="${ANTDB_STOP_SECONDS:-26}" # for a fast stop; the grace period minus a reserve
readonly REFUSE_SECONDS="${ANTDB_REFUSE_SECONDS:-0}" # how long a node that has stopped still refuses connects
main_pid=""

# shellcheck source=chart/files/wal.sh
source "$(dirname "${BASH_SOURCE[0]}")/wal.sh"

log() { printf '%s entrypoint: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
die() {
  log "$*"
  exit 1
}

# True while process $1 runs; one that has ended and waits for its parent's notice does not.
alive() {
  local stat=""
  kill -0 "$1" 2>/dev/null || return 1
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  [[ ${stat##*) } != Z* ]]
}

# True while the postgres (or adbmgrd) whose process id stands in the data directory is alive; sets postmaster.
postmaster=""
postgres_runs() {
  postmaster=""
  [[ -s $DATA/postmaster.pid ]] || return 1
  read -r postmaster <"$DATA/postmaster.pid" || return 1
  [[ $postmaster =~ ^[1-9][0-9]*$ ]] && alive "$postmaster"
}

# Starts the pod's main process; bash would have it, and all it starts, ignore the signals of a fast stop.
in_background() {
  (
    trap - INT QUIT
    exec "$@"
  ) &
  main_pid=$!
}

# Waits until process $1 is gone, at most $2 seconds.
gone_within() {
  local pid=$1 left=$(($2 * 20))
  while alive "$pid"; do
    ((left-- > 0)) || return 1
    sleep 0.05
  done
}

# Signals rather than pg_ctl: it looks only once a second, and uninstalling waits for it. INT is the fast stop; QUIT the
# immediate one, after which the next start recovers from the log, as after KILL but with every child ended.
stop_postgres() {
  postgres_runs || return 0
  local pid=$postmaster
  log "stopping postgres (process $pid) fast, within $STOP_SECONDS s"
  kill -INT "$pid" 2>/dev/null || return 0
  if gone_within "$pid" "$STOP_SECONDS"; then
    log "postgres has stopped"
    return 0
  fi
  log "postgres has not stopped within $STOP_SECONDS s: immediate stop, its next start will recover from the log"
  kill -QUIT "$pid" 2>/dev/null || return 0
  gone_within "$pid" 2 || log "postgres still runs after an immediate stop: the end of the grace period will kill it"
}

# The agent may ignore TERM while a child of it works, so KILL follows a second later.
end_agent() {
  kill -TERM "$main_pid" 2>/dev/null || return 0
  gone_within "$main_pid" 1 || kill -KILL "$main_pid" 2>/dev/null || true
}

# While the pod is there its address refuses a connect at once; when it has gone the address swallows it, and a session that
# dials it hangs for a minute. This is the time in which coordinators are told. Nobody dials a standby.
refuse_for_a_moment() {
  [[ ! -e $DATA/recovery.conf && ! -e $DATA/standby.signal ]] || return 0
  log "connects are refused for $REFUSE_SECONDS s yet, until coordinators know"
  sleep "$REFUSE_SECONDS"
}

on_term_agent() {
  trap '' TERM INT
  log "asked to end"
  local ran=""
  postgres_runs && ran=yes
  stop_postgres
  [[ -z $ran || $REFUSE_SECONDS == 0 ]] || refuse_for_a_moment
  end_agent
  stop_postgres # the agent may have been told to start it in between
  log "ended"
  exit 0
}

end_manager() {
  trap '' TERM INT
  log "stopping the manager fast, within $STOP_SECONDS s"
  kill -INT "$main_pid" 2>/dev/null || true
  gone_within "$main_pid" "$STOP_SECONDS" || kill -QUIT "$main_pid" 2>/dev/null || true
  wait "$main_pid" || true
}

on_term_mgr() {
  end_manager
  log "ended"
  exit 0
}

# A pod starts with no process of an earlier one, so a process id left in the directory is another process's by now.
# The kubelet may have given fsGroup's bits to everything, which postgres refuses: the directory itself is put right
# last, so that a run killed half way is done again.
prepare_directory() {
  [[ -d $DATA ]] || return 0
  if [[ -e $DATA/postmaster.pid ]]; then
    log "removing postmaster.pid: the last postgres of this volume was not stopped in order"
    rm -f "$DATA/postmaster.pid"
  fi
  if [[ -n $(find "$DATA" -maxdepth 0 -perm /0077) ]]; then
    log "taking the group's and others' permissions off $DATA, postgres refuses them"
    find "$DATA" -mindepth 1 ! -type l -perm /0077 -exec chmod g-rwxs,o-rwx {} +
    chmod g-rwxs,o-rwx "$DATA"
  fi
}

run_agent() {
  local agent=agent
  prepare_directory
  settle_wal
  if [[ -n $WAL ]]; then
    engine_with_wal
    agent="$PROGRAMS/bin/agent"
  fi
  trap on_term_agent TERM INT
  log "starting the agent on port $AGENT_PORT"
  # Its output is its port and process id, and each child it forks writes them again: one for every probe.
  in_background "$agent" -P "$AGENT_PORT" >/dev/null
  local status=0
  wait "$main_pid" || status=$?
  trap '' TERM INT
  log "the agent ended by itself (status $status): stopping postgres, then the pod starts again"
  stop_postgres
  exit 1
}

# Made beside its place and moved there when whole, so that a directory half made is never taken for a manager.
init_manager() {
  local fresh="$DATA.init-tmp" said
  if [[ -d $DATA && -n $(ls -A "$DATA") ]]; then
    die "$DATA holds files but no PG_VERSION, so it is no manager's directory; nothing was touched. Look at them, and move them away to have a new manager made"
  fi
  log "no manager on this volume yet: making one with initmgr"
  rm -rf "$fresh"
  said=$(initmgr -D "$fresh" -E UTF8 --locale=C 2>&1) || die "initmgr failed: $said"
  rm -rf "$DATA"
  mv -T "$fresh" "$DATA"
  sync "$(dirname "$DATA")"
}

write_settings() {
  cat >"$DATA/antdb-chart.conf" <<CONF
# Written by the entrypoint at each start; changes here do not last.
listen_addresses = '*'
port = $MANAGER_PORT
unix_socket_directories = '$SOCKETS'
logging_collector = off
log_destination = 'stderr'
log_statement = 'none'
CONF
  local line="include_if_exists = 'antdb-chart.conf'"
  grep -qxF "$line" "$DATA/postgresql.conf" || printf '\n%s\n' "$line" >>"$DATA/postgresql.conf"
}

# The manager's own grammar knows no SELECT; in sql mode it is an ordinary PostgreSQL.
sql() { PGCONNECT_TIMEOUT=3 PGOPTIONS='-c command_mode=sql' psql -X -q -v ON_ERROR_STOP=1 -h "$SOCKETS" -p "$MANAGER_PORT" -d postgres "$@"; }

# psql reads the password itself: it stands in no argument, no environment and no log.
set_password() {
  sql -v "file=$PASSWORD_FILE" -f - >/dev/null <<'SQL'
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET password_encryption = 'scram-sha-256';
\set password `cat :'file'`
SELECT count(*) = 0 AS absent FROM pg_roles WHERE rolname = 'antdb_hooks' \gset
\if :absent
CREATE ROLE antdb_hooks;
\endif
ALTER ROLE antdb_hooks SUPERUSER LOGIN PASSWORD :'password';
SQL
}

run_mgr() {
  [[ -s $PASSWORD_FILE ]] || die "$PASSWORD_FILE is missing or empty: the Secret lacks the entry hooks-password"
  [[ -s $DATA/PG_VERSION ]] || init_manager
  prepare_directory
  settle_wal
  write_settings
  rm -f "$READY_FILE"
  trap on_term_mgr TERM INT
  log "starting the manager on port $MANAGER_PORT"
  in_background adbmgrd -D "$DATA"
  until sql -c 'SELECT 1' >/dev/null 2>&1; do
    alive "$main_pid" || die "the manager ended before it answered: its last lines are above"
    sleep 0.1
  done
  if ! set_password; then
    end_manager
    die "the role antdb_hooks could not be made or changed, so nobody could run this cluster: the pod starts again"
  fi
  # Not before: a program that came earlier would find the port open and be told that its password is wrong.
  touch "$READY_FILE"
  log "the manager answers"
  local status=0
  wait "$main_pid" || status=$?
  die "the manager ended by itself (status $status): the pod starts again"
}

# The first process of a container has to reap what pg_ctl and agents leave to it: tini is made for it, bash can too.
if (($$ == 1)) && command -v tini >/dev/null; then
  exec tini -- "$BASH" "$0" "$@"
fi
case $MODE in
agent) run_agent ;;
mgr) run_mgr ;;
*) die "usage: entrypoint.sh agent|mgr" ;;
esac
