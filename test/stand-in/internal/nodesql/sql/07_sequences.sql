-- Sequences are the cluster's: values come from the gtm, a session takes growing blocks so that bulk inserts stay fast.
CREATE FUNCTION antdb.take(target regclass, count int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE first bigint; step bigint := (SELECT seqincrement FROM pg_catalog.pg_sequence WHERE seqrelid = target);
BEGIN
  PERFORM pg_advisory_xact_lock(9015, target::oid::int);
  first := pg_catalog.nextval(target);
  IF count > 1 THEN
    PERFORM pg_catalog.setval(target, first + step * (count - 1));
  END IF;
  RETURN first;
END $$;
CREATE FUNCTION antdb.take_from_gtm(target regclass, count int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE first bigint; link text := 'antdb_gtm';
BEGIN
  IF coalesce(antdb.setting('kind'), 'g') IN ('g', 'p') THEN
    RETURN antdb.take(target, count);
  END IF;
  IF NOT link = ANY (coalesce(antdb.dblink_get_connections(), '{}')) THEN
    PERFORM antdb.dblink_connect(link, format('host=%s port=%s dbname=%s user=%s connect_timeout=3 options=''-c antdb.replay=on''',
      antdb.setting('agtm_host'), antdb.setting('agtm_port'), quote_literal(current_database()), quote_literal((SELECT rolname FROM pg_roles WHERE oid = 10))));
  END IF;
  SELECT value INTO first FROM antdb.dblink(link, format('SELECT antdb.take(%L, %s)', target, count)) AS t (value bigint);
  RETURN first;
EXCEPTION WHEN connection_exception OR sqlclient_unable_to_establish_sqlconnection OR connection_failure OR connection_does_not_exist THEN
  PERFORM antdb.dblink_disconnect(link);
  RAISE;
END $$;
-- Session state per sequence: next value, values left, size of the next block.
CREATE FUNCTION antdb.nextval(target regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE state bigint[] := nullif(current_setting('antdb.sequence_' || target::oid, true), '')::bigint[];
  step bigint := (SELECT seqincrement FROM pg_catalog.pg_sequence WHERE seqrelid = target);
BEGIN
  IF state IS NULL OR state[2] = 0 THEN
    state[3] := least(coalesce(state[3], 1), 512);
    state := array[antdb.take_from_gtm(target, state[3]::int), state[3], state[3] * 2];
  END IF;
  PERFORM set_config('antdb.sequence_' || target::oid, array[state[1] + step, state[2] - 1, state[3]]::text, false);
  RETURN state[1];
END $$;
