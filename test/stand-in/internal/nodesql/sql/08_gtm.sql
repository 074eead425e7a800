-- What the other nodes ask of a gtm: a tick is a real commit, so that a gtm whose commits hang (its synchronous standby is gone)
-- hangs the cluster.
CREATE FUNCTION antdb.tick() RETURNS text LANGUAGE sql AS $$ SELECT pg_logical_emit_message(true, 'antdb', 'tick')::text $$;
-- A pause is an advisory lock on the gtm that coordinators look at before each statement; it ends with the session that took it.
CREATE FUNCTION antdb.is_paused() RETURNS bool LANGUAGE sql AS $$ SELECT NOT pg_try_advisory_xact_lock_shared(9015, 1) $$;
CREATE FUNCTION antdb.gtm(base text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN antdb.setting('kind') IN ('g', 'p') THEN antdb.own_server(base) ELSE
    format('host=%s port=%s dbname=''%s'' user=''%s'' connect_timeout=3 options=''-c antdb.replay=on''',
      antdb.setting('agtm_host'), antdb.setting('agtm_port'), base, current_user) END
$$;
CREATE FUNCTION pg_catalog.pg_pause_cluster() RETURNS bool LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF 'antdb_pause' = ANY (coalesce(antdb.dblink_get_connections(), '{}')) THEN
    RETURN true;
  END IF;
  PERFORM antdb.dblink_connect('antdb_pause', antdb.gtm('postgres'));
  PERFORM * FROM antdb.dblink('antdb_pause', 'SELECT pg_advisory_lock(9015, 1)::text') AS t (void text);
  PERFORM pg_sleep(1.2); -- a front believes an answer of the gtm for a second
  RETURN true;
END $$;
CREATE FUNCTION pg_catalog.pg_unpause_cluster() RETURNS bool LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF 'antdb_pause' = ANY (coalesce(antdb.dblink_get_connections(), '{}')) THEN
    PERFORM antdb.dblink_disconnect('antdb_pause');
  END IF;
  RETURN true;
END $$;
