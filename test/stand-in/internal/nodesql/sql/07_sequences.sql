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
-- One number from the gtm, over a connection the session keeps.
CREATE FUNCTION antdb.ask_gtm(question text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE answer bigint; link text := 'antdb_gtm';
BEGIN
  IF NOT link = ANY (coalesce(antdb.dblink_get_connections(), '{}')) THEN
    PERFORM antdb.dblink_connect(link, antdb.gtm(current_database()));
  END IF;
  SELECT value INTO answer FROM antdb.dblink(link, question) AS t (value bigint);
  RETURN answer;
EXCEPTION WHEN connection_exception OR sqlclient_unable_to_establish_sqlconnection OR connection_failure OR connection_does_not_exist THEN
  IF link = ANY (coalesce(antdb.dblink_get_connections(), '{}')) THEN
    PERFORM antdb.dblink_disconnect(link);
  END IF;
  RAISE;
END $$;
CREATE FUNCTION antdb.take_from_gtm(target regclass, count int) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF antdb.setting('kind') IN ('g', 'p') THEN
    RETURN antdb.take(target, count);
  END IF;
  RETURN antdb.ask_gtm(format('SELECT antdb.take(%L, %s)', target, count));
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
  IF antdb.setting('kind') NOT IN ('g', 'p') AND has_sequence_privilege(target, 'UPDATE') THEN
    PERFORM pg_catalog.setval(target, state[1]); -- so that currval() and lastval() know it
  END IF;
  RETURN state[1];
END $$;
CREATE FUNCTION antdb.setval(target regclass, value bigint, is_called bool DEFAULT true) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('antdb.sequence_' || target::oid, '', false);
  IF antdb.setting('kind') NOT IN ('g', 'p') THEN
    PERFORM antdb.ask_gtm(format('SELECT pg_catalog.setval(%L, %s, %L)', target, value, is_called));
  END IF;
  RETURN pg_catalog.setval(target, value, is_called);
END $$;
