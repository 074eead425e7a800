-- What a client's DDL on a coordinator does to the rest of the cluster.
-- Datanodes have every object but what acts on rows: that happens on the coordinator.
CREATE FUNCTION antdb.on_coordinators_only(tag text) RETURNS bool LANGUAGE sql IMMUTABLE AS
$$ SELECT split_part(tag, ' ', 2) IN ('TRIGGER', 'RULE', 'POLICY', 'MATERIALIZED', 'EVENT') $$;
CREATE FUNCTION antdb.repeat(tag text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antdb.spread(antdb.other_coordinators() || CASE WHEN antdb.on_coordinators_only(tag) THEN '{}' ELSE antdb.datanodes() END,
    current_setting('search_path'), current_query());
END $$;
CREATE FUNCTION antdb.is_busy() RETURNS bool LANGUAGE sql STABLE AS
$$ SELECT antdb.is_replay() OR NOT antdb.is_coordinator() OR coalesce(antdb.setting('building'), '') = 'on' $$;
-- pgxc_lock_for_backup() on the gtm refuses everybody's DDL in this database until its session ends.
CREATE FUNCTION antdb.refuse_if_locked(tag text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE free bool;
BEGIN
  SELECT t.free INTO free FROM antdb.dblink(antdb.gtm(current_database()), 'SELECT pg_try_advisory_xact_lock_shared(9015, 2)') AS t (free bool);
  IF NOT free THEN
    RAISE EXCEPTION 'cannot execute % in a locked cluster', tag USING ERRCODE = '25006';
  END IF;
END $$;
CREATE FUNCTION pg_catalog.pgxc_lock_for_backup() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_try_advisory_lock(9015, 2) THEN
    RAISE EXCEPTION 'cannot lock cluster for backup, lock is already held' USING ERRCODE = '55P03';
  END IF;
  RAISE INFO 'please do not close this session until you are done adding the new node';
  RETURN true;
END $$;
-- DISTRIBUTE BY reaches us as a comment the front puts in the clause's place.
CREATE FUNCTION antdb.wish() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(substring(current_query() from '/\*antdb:distribute ([^*]*)\*/'), '') $$;
CREATE FUNCTION antdb.on_ddl_end() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE entry record; lasting bool := false;
BEGIN
  IF TG_TAG = 'ALTER TABLE' AND antdb.is_coordinator() THEN
    PERFORM antdb.follow_names();
  END IF;
  IF antdb.is_busy() THEN
    RETURN;
  END IF;
  FOR entry IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
    CONTINUE WHEN entry.schema_name = 'pg_temp' OR entry.object_type = 'foreign table';
    IF NOT lasting THEN
      PERFORM antdb.refuse_if_locked(TG_TAG);
    END IF;
    lasting := true;
    IF entry.command_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') AND NOT entry.in_extension THEN
      PERFORM antdb.distribute(entry.objid, antdb.wish());
    END IF;
  END LOOP;
  IF lasting AND TG_TAG NOT IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') THEN
    PERFORM antdb.repeat(TG_TAG);
  END IF;
END $$;
CREATE FUNCTION antdb.on_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM antdb.distributed d USING pg_event_trigger_dropped_objects() o WHERE o.classid = 'pg_class'::regclass AND o.objid = d.rel;
  IF antdb.is_busy() OR TG_TAG NOT LIKE 'DROP %' THEN
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() WHERE original AND NOT is_temporary AND object_type <> 'foreign table') THEN
    PERFORM antdb.refuse_if_locked(TG_TAG);
    PERFORM antdb.repeat(TG_TAG);
  END IF;
END $$;
-- After ALTER TABLE … RENAME or SET SCHEMA the foreign tables must name the datanodes' tables anew.
CREATE FUNCTION antdb.follow_names() RETURNS void LANGUAGE plpgsql AS $$
DECLARE part record;
BEGIN
  FOR part IN
    SELECT f.ftrelid::regclass::text AS name, n.nspname, c.relname FROM antdb.distributed d
    JOIN pg_class c ON c.oid = d.rel JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class p ON p.relnamespace = 'antdb'::regnamespace AND p.relname LIKE d.rel || '\_%'
    JOIN pg_foreign_table f ON f.ftrelid = p.oid
    WHERE NOT f.ftoptions @> array['schema_name=' || n.nspname, 'table_name=' || c.relname]
  LOOP
    EXECUTE format('ALTER FOREIGN TABLE %s OPTIONS (SET schema_name %L, SET table_name %L)', part.name, part.nspname, part.relname);
  END LOOP;
END $$;
