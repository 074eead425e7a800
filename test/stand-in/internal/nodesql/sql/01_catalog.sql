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
