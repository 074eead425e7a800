-- The catalog a node shows its clients: pgxc_node, and the parameters stock PostgreSQL does not know (kept as antdb.<name>).
SET allow_system_table_mods = on;
CREATE SCHEMA antdb;
GRANT ALL ON SCHEMA antdb TO public; -- the machinery runs as the client: its DDL makes foreign tables here
CREATE EXTENSION postgres_fdw SCHEMA antdb;
CREATE EXTENSION dblink SCHEMA antdb;
-- One row per node of the cluster, as this node knows them. Every database holds a copy: AntDB's catalog is shared by the
-- databases of a node, and nobody can add a shared catalog to PostgreSQL.
CREATE TABLE antdb.node (
  id serial PRIMARY KEY,
  node_name name NOT NULL UNIQUE,
  node_type "char" NOT NULL,
  node_port int4 NOT NULL,
  node_host name NOT NULL,
  nodeis_primary bool NOT NULL DEFAULT false,
  nodeis_preferred bool NOT NULL DEFAULT false,
  nodeis_gtm bool NOT NULL DEFAULT false
);
CREATE VIEW pg_catalog.pgxc_node AS
  SELECT node_name, node_type, node_port, node_host, nodeis_primary, nodeis_preferred, nodeis_gtm,
         pg_catalog.hashtext(node_name::text) AS node_id, 0::oid AS node_master_oid, (90000 + id)::oid AS oid
  FROM antdb.node;
GRANT SELECT ON pg_catalog.pgxc_node TO public;
CREATE FUNCTION antdb.setting(name text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT pg_catalog.current_setting('antdb.' || name, true) $$;
CREATE FUNCTION antdb.self() RETURNS name LANGUAGE sql STABLE AS
$$ SELECT coalesce(antdb.setting('pgxc_node_name'), '')::name $$;
-- Gtm coordinator and coordinators: the kinds that spread what they are told.
CREATE FUNCTION antdb.is_coordinator() RETURNS bool LANGUAGE sql STABLE AS
$$ SELECT coalesce(antdb.setting('kind') IN ('g', 'p', 'c', 's'), false) $$;
CREATE FUNCTION antdb.xc_node_id(part oid) RETURNS int4 LANGUAGE sql STABLE AS $$
  SELECT n.node_id FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
  JOIN pg_catalog.pgxc_node n ON n.node_name = s.srvname WHERE f.ftrelid = part
$$;
-- A statement that comes from another node of the cluster must not be spread again.
CREATE FUNCTION antdb.is_replay() RETURNS bool LANGUAGE sql STABLE AS
$$ SELECT coalesce(antdb.setting('replay'), '') = 'on' $$;
-- Placeholders are left out of pg_settings; the front reads this view in its stead.
CREATE FUNCTION antdb.own_settings() RETURNS SETOF pg_catalog.pg_settings LANGUAGE plpgsql STABLE AS $$
DECLARE own pg_catalog.pg_settings%ROWTYPE;
BEGIN
  FOR own.name, own.setting IN
    SELECT substr(f.name, 7), antdb.setting(substr(f.name, 7)) FROM pg_catalog.pg_show_all_file_settings() f
    WHERE f.name LIKE 'antdb.%' AND f.name <> 'antdb.kind' GROUP BY f.name
  LOOP
    own.category := 'AntDB'; own.context := 'sighup'; own.vartype := 'string'; own.source := 'configuration file';
    own.boot_val := ''; own.reset_val := own.setting; own.pending_restart := false;
    RETURN NEXT own;
  END LOOP;
END $$;
CREATE FUNCTION antdb.all_settings() RETURNS SETOF pg_catalog.pg_settings LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
  RETURN QUERY SELECT * FROM pg_catalog.pg_settings s WHERE s.name NOT LIKE 'antdb.%';
  RETURN QUERY SELECT * FROM antdb.own_settings();
END $$;
CREATE VIEW antdb.pg_settings AS SELECT * FROM antdb.all_settings();
GRANT SELECT ON antdb.pg_settings TO public;
-- SHOW for parameters the server does not know, and for those the front holds in its stead.
CREATE FUNCTION antdb.show(name text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE value text;
BEGIN
  SELECT f.setting INTO value FROM pg_catalog.pg_show_all_file_settings() f WHERE f.name IN (show.name, 'antdb.' || show.name)
    ORDER BY f.name LIKE 'antdb.%' DESC, f.seqno DESC LIMIT 1;
  value := coalesce(antdb.setting(show.name), value);
  IF value IS NULL THEN
    RAISE EXCEPTION 'unrecognized configuration parameter "%"', show.name USING ERRCODE = '42704';
  END IF;
  RETURN value;
END $$;
