#!/bin/bash
# The tests' writer, in a client's pod. Each argument is one session, NAME=HOST: rows in batches that reach every datanode, one after the other, each
# waited for no longer than a client would. A batch whose outcome is not known is never sent again. What it leaves in /tmp, times in microseconds:
#   NAME.acks      BATCH TIME      the server has said that it is committed
#   NAME.errors    BATCH TIME WHY  it has said no, or nothing
#   NAME.paused    there while nothing is under way and /tmp/pause exists
set -u
trap '' PIPE
patience=5 rows=16 batches_a_login=25
export PGCONNECT_TIMEOUT=3
why='' psql=''

open() {
  mkfifo "/tmp/$1.in" "/tmp/$1.out"
  psql -X -q -A -t <"/tmp/$1.in" >"/tmp/$1.out" 2>&1 &
  psql=$!
  exec 3>"/tmp/$1.in" 4<"/tmp/$1.out"
}

close() {
  [ -n "$psql" ] || return 0
  exec 3>&- 4<&-
  kill -KILL "$psql" 2>/dev/null
  wait "$psql" 2>/dev/null
  psql=''
  rm -f "/tmp/$1.in" "/tmp/$1.out"
}

# One batch: 0 committed, 1 refused, 2 nobody knows. The last line of an answer says whether it was an error.
send() {
  local line status
  why=
  printf '%s\n' "$1" '\echo :ERROR' >&3 2>/dev/null
  while :; do
    IFS= read -r -t "$patience" -u 4 line
    status=$?
    case $status:$line in
      0:false) return 0 ;;
      0:true) return 1 ;;
      0:*) why=${why:-$line} ;;
      *) break ;;
    esac
  done
  if [ $status -gt 128 ]; then why="no answer in time${why:+ after: $why}"; fi
  why=${why:-the connection was closed}
  return 2
}

session() {
  local name=$1 first=$(($2 * 1000000000)) batch=0 login=0 outcome from
  export PGHOST=$3
  : >"/tmp/$name.acks"; : >"/tmp/$name.errors"
  while :; do
    while [ -e /tmp/pause ]; do : >"/tmp/$name.paused"; sleep 0.1; done
    rm -f "/tmp/$name.paused"
    if [ -z "$psql" ]; then open "$name"; login=0; fi
    batch=$((batch + 1)) login=$((login + 1)) from=$((first + batch * rows))
    send "INSERT INTO writes SELECT n, '$name', $batch FROM generate_series($from, $((from + rows - 1))) AS n;"
    outcome=$?
    if [ $outcome = 0 ]; then
      echo "$batch ${EPOCHREALTIME/./}" >>"/tmp/$name.acks"
    else
      echo "$batch ${EPOCHREALTIME/./} $why" >>"/tmp/$name.errors"
    fi
    if [ $outcome = 2 ] || [ $login -ge $batches_a_login ]; then close "$name"; fi
    sleep 0.15
  done
}

number=0
for each in "$@"; do
  number=$((number + 1))
  session "${each%%=*}" "$number" "${each#*=}" &
done
wait
