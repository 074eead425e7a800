/** Programs with the engine's names: they note what they were told, run until a signal, and note which it was. */
export const programs: Readonly<Record<string, string>> = {
  agent: `echo "agent $*" >>"$NOTES"; trap '[[ -n \${AGENT_STUBBORN:-} ]] || exit 0' TERM; while :; do sleep 0.05; done`,
  adbmgrd: `echo "adbmgrd $*" >>"$NOTES"; trap 'echo "adbmgrd INT" >>"$NOTES"; exit 0' INT; echo $$ >"$2/postmaster.pid"
    [[ -z \${MANAGER_BROKEN:-} ]] || exit 3; while :; do sleep 0.05; done`,
  initmgr: `echo "initmgr $*" >>"$NOTES"; mkdir -p "$2"; touch "$2/half-made"; [[ -z \${INIT_BROKEN:-} ]] || { echo "no space left"; exit 1; }
    echo 11 >"$2/PG_VERSION"; touch "$2/postgresql.conf"`,
  psql: `echo "psql $* ($PGOPTIONS)" >>"$NOTES"; [[ $* != *"-f -"* ]] || cat >>"$STATEMENTS"`,
  // A postmaster: leaves the process tree as a real one does, so that no parent has to reap it.
  postmaster: `trap 'echo "postgres INT" >>"$NOTES"; [[ -n \${POSTGRES_STUBBORN:-} ]] || exit 0' INT
    trap 'echo "postgres QUIT" >>"$NOTES"; exit 0' QUIT; echo $$ >"$ANTDB_DATA/postmaster.pid"; while :; do sleep 0.05; done`,
};
