-- How a coordinator makes other nodes do something inside its own transaction: it inserts a row into the other node's inbox
-- through postgres_fdw, a trigger there runs the statement. postgres_fdw commits or aborts it with the local transaction.
-- It goes as the session's own user, as AntDB's pool does.
CREATE TABLE antdb.inbox (path text, statement text);
GRANT INSERT ON antdb.inbox TO public;
CREATE FUNCTION antdb.run_inbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('antdb.replay', 'on', true);
  PERFORM set_config('check_function_bodies', 'off', true);
  PERFORM set_config('search_path', NEW.path, true);
  EXECUTE NEW.statement;
  PERFORM set_config('search_path', 'pg_catalog', true);
  RETURN NULL;
END $$;
CREATE TRIGGER run BEFORE INSERT ON antdb.inbox FOR EACH ROW EXECUTE FUNCTION antdb.run_inbox();
CREATE FUNCTION antdb.datanodes() RETURNS name[] LANGUAGE sql STABLE AS
$$ SELECT coalesce(array_agg(node_name ORDER BY node_name), '{}') FROM pg_catalog.pgxc_node WHERE node_type = 'D' $$;
CREATE FUNCTION antdb.other_coordinators() RETURNS name[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(node_name ORDER BY node_name), '{}') FROM pg_catalog.pgxc_node
  WHERE node_type = 'C' AND node_name <> antdb.self()
$$;
CREATE FUNCTION antdb.spread(nodes name[], path text, statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE node name;
BEGIN
  FOREACH node IN ARRAY nodes LOOP
    IF NOT antdb.has_server(node) THEN
      RAISE EXCEPTION 'PGXC Node %: object not defined', node USING ERRCODE = '42704';
    END IF;
    EXECUTE format('INSERT INTO antdb.%I VALUES ($1, $2)', 'inbox_' || node) USING path, statement;
  END LOOP;
END $$;
-- EXECUTE DIRECT inside a transaction sees what that transaction has done: the question goes into the other node's session through the
-- inbox, the answer comes out of a view there, both over the transaction's own connection.
CREATE FUNCTION antdb.answer() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT row_to_json(q)::text FROM (%s) q', current_setting('antdb.question'));
END $$;
CREATE VIEW antdb.answer AS SELECT line FROM antdb.answer() line;
GRANT SELECT ON antdb.answer TO public;
CREATE FUNCTION antdb.ask_inside(node name, question text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antdb.spread(ARRAY[node], 'pg_catalog', format('DO %L', format('BEGIN PERFORM set_config(''antdb.question'', %L, true); END', question)));
  RETURN QUERY EXECUTE format('SELECT line FROM antdb.%I', 'answer_' || node);
END $$;
