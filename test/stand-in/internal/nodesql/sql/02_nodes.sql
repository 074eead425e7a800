-- CREATE, ALTER and DROP NODE: rows of pgxc_node, and on coordinators a postgres_fdw server per other node, at its address.
CREATE FUNCTION antdb.must_be_superuser(act text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    RAISE EXCEPTION 'must be superuser to % cluster nodes', act USING ERRCODE = '42501';
  END IF;
END $$;
CREATE FUNCTION antdb.has_server(node name) RETURNS bool LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT FROM pg_catalog.pg_foreign_server WHERE srvname = node) $$;
-- AntDB's pool connects to other nodes as the session's own user and without a password: a mapping per role and server.
CREATE FUNCTION antdb.map_roles() RETURNS void LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE gap record;
BEGIN
  FOR gap IN
    SELECT r.rolname, s.srvname FROM pg_catalog.pg_roles r, pg_catalog.pg_foreign_server s, pg_catalog.pg_foreign_data_wrapper w
    WHERE w.oid = s.srvfdw AND w.fdwname = 'postgres_fdw' AND r.rolname NOT LIKE 'pg\_%'
      AND EXISTS (SELECT FROM antdb.node WHERE node_name = s.srvname)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_user_mapping m WHERE m.umserver = s.oid AND m.umuser = r.oid)
  LOOP
    EXECUTE format('CREATE USER MAPPING FOR %I SERVER %I OPTIONS (user %L, password_required ''false'')',
      gap.rolname, gap.srvname, gap.rolname);
  END LOOP;
END $$;
-- A role can't be dropped while it has mappings.
CREATE PROCEDURE antdb.unmap_role(role name) LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE entry record;
BEGIN
  FOR entry IN SELECT srvname FROM pg_catalog.pg_user_mappings WHERE usename = role LOOP
    EXECUTE format('DROP USER MAPPING FOR %I SERVER %I', role, entry.srvname);
  END LOOP;
END $$;
-- Makes or moves the server of one node. No connect_timeout, as in AntDB: an address no machine has is a black hole.
CREATE FUNCTION antdb.link(node antdb.node) RETURNS void LANGUAGE plpgsql SET antdb.building = 'on' AS $$
BEGIN
  IF NOT antdb.is_coordinator() OR node.node_name = antdb.self() THEN
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_foreign_server WHERE srvname = node.node_name AND srvoptions @> array[
      'host=' || node.node_host, 'port=' || node.node_port, 'dbname=' || current_database()]) THEN
    RETURN;
  ELSIF antdb.has_server(node.node_name) THEN
    EXECUTE format('ALTER SERVER %I OPTIONS (SET host %L, SET port %L, SET dbname %L)', node.node_name,
      node.node_host, node.node_port, current_database());
    RETURN;
  END IF;
  EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L,'
    ' batch_size ''1000'', fetch_size ''1000'', async_capable ''true'', options ''-c antdb.replay=on'')',
    node.node_name, node.node_host, node.node_port, current_database());
  EXECUTE format('GRANT USAGE ON FOREIGN SERVER %I TO public', node.node_name);
  EXECUTE format('CREATE FOREIGN TABLE antdb.%I (path text, statement text) SERVER %I'
    ' OPTIONS (schema_name ''antdb'', table_name ''inbox'', batch_size ''1'')', 'inbox_' || node.node_name, node.node_name);
  EXECUTE format('GRANT INSERT ON antdb.%I TO public', 'inbox_' || node.node_name);
  EXECUTE format('CREATE FOREIGN TABLE antdb.%I (schema name, name name, body text, more text) SERVER %I'
    ' OPTIONS (schema_name ''antdb'', table_name ''shard'')', 'shard_' || node.node_name, node.node_name);
  EXECUTE format('GRANT SELECT ON antdb.%I TO public', 'shard_' || node.node_name);
  EXECUTE format('CREATE FOREIGN TABLE antdb.%I (line text) SERVER %I OPTIONS (schema_name ''antdb'', table_name ''answer'')',
    'answer_' || node.node_name, node.node_name);
  EXECUTE format('GRANT SELECT ON antdb.%I TO public', 'answer_' || node.node_name);
  PERFORM antdb.map_roles();
END $$;
CREATE FUNCTION antdb.unlink(node name) RETURNS void LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE role name;
BEGIN
  IF antdb.has_server(node) THEN
    EXECUTE format('DROP FOREIGN TABLE antdb.%I, antdb.%I, antdb.%I', 'inbox_' || node, 'shard_' || node, 'answer_' || node);
    FOR role IN SELECT usename FROM pg_catalog.pg_user_mappings WHERE srvname = node LOOP
      EXECUTE format('DROP USER MAPPING FOR %I SERVER %I', role, node);
    END LOOP;
    EXECUTE format('DROP SERVER %I', node);
  END IF;
END $$;
-- A connection string to this node's own server, past the front.
CREATE FUNCTION antdb.own_server(base text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT format('host=%s port=%s dbname=''%s'' user=''%s'' options=''-c antdb.one_database=on'
    ' -c antdb.replay=on -c synchronous_commit=local''',
    current_setting('unix_socket_directories'), current_setting('port'), base, current_user)
$$;
-- Same statement in the other databases of this node, each its own transaction; before our own, so that two sessions in different
-- databases never wait for each other.
CREATE FUNCTION antdb.other_databases(statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE base text;
BEGIN
  IF coalesce(antdb.setting('one_database'), '') = 'on' THEN
    RETURN;
  END IF;
  FOR base IN SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datname <> current_database() ORDER BY datname LOOP
    PERFORM antdb.dblink_exec(antdb.own_server(base), statement);
  END LOOP;
END $$;
CREATE FUNCTION antdb.check_node(node antdb.node) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF node.node_type IS NULL THEN
    RAISE EXCEPTION 'PGXC node %: Node type not specified', node.node_name USING ERRCODE = '42601';
  ELSIF node.nodeis_primary AND node.node_type <> 'D' THEN
    RAISE EXCEPTION 'PGXC node %: cannot be a primary node, it has to be a Datanode', node.node_name USING ERRCODE = '42601';
  ELSIF node.nodeis_preferred AND node.node_type <> 'D' THEN
    RAISE EXCEPTION 'PGXC node %: cannot be a preferred node, it has to be a Datanode', node.node_name USING ERRCODE = '42601';
  ELSIF node.node_port NOT BETWEEN 1 AND 65535 THEN
    RAISE EXCEPTION 'port value is out of range' USING ERRCODE = '22003';
  ELSIF node.nodeis_primary AND EXISTS (
      SELECT FROM antdb.node o WHERE o.nodeis_primary AND o.node_name <> node.node_name) THEN
    RAISE EXCEPTION 'PGXC node %: two nodes cannot be primary', node.node_name USING ERRCODE = '42601';
  END IF;
END $$;
-- options: a JSON object with the keys of WITH (…) in lower case: type, host, port, primary, preferred, gtm, name.
CREATE FUNCTION antdb.with_options(node antdb.node, options jsonb) RETURNS antdb.node LANGUAGE plpgsql AS $$
DECLARE kind text := options ->> 'type';
BEGIN
  IF kind IS NOT NULL AND kind NOT IN ('coordinator', 'datanode', 'datanode slave') THEN
    RAISE EXCEPTION 'type value is incorrect, specify ''coordinator or ''datanode'' or ''datanode slave''' USING ERRCODE = '22023';
  END IF;
  node.node_type := coalesce(CASE kind WHEN 'coordinator' THEN 'C' WHEN 'datanode' THEN 'D' WHEN 'datanode slave' THEN 'E' END::"char",
    node.node_type);
  node.node_host := coalesce((options ->> 'host')::name, node.node_host);
  node.node_port := coalesce((options ->> 'port')::int4, node.node_port);
  node.nodeis_primary := coalesce((options ->> 'primary')::bool, node.nodeis_primary);
  node.nodeis_preferred := coalesce((options ->> 'preferred')::bool, node.nodeis_preferred);
  node.nodeis_gtm := coalesce((options ->> 'gtm')::bool, node.nodeis_gtm);
  PERFORM antdb.check_node(node);
  RETURN node;
END $$;
CREATE PROCEDURE antdb.create_node(name name, options jsonb) LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE entry antdb.node;
BEGIN
  PERFORM antdb.must_be_superuser('create');
  IF EXISTS (SELECT FROM antdb.node WHERE node_name = name) THEN
    RAISE EXCEPTION 'PGXC Node %: object already defined', name USING ERRCODE = '42710';
  END IF;
  IF NOT options ? 'port' THEN
    RAISE NOTICE 'PGXC node %: Applying default port value: 5432', name;
  END IF;
  IF NOT options ? 'host' THEN
    RAISE NOTICE 'PGXC node %: Applying default host value: localhost', name;
  END IF;
  entry.id := nextval('antdb.node_id_seq'); entry.node_name := name; entry.node_port := 5432; entry.node_host := 'localhost';
  entry.nodeis_primary := false; entry.nodeis_preferred := false; entry.nodeis_gtm := false;
  entry := antdb.with_options(entry, options);
  PERFORM antdb.other_databases(format('CALL antdb.create_node(%L, %L)', name, options));
  INSERT INTO antdb.node VALUES (entry.*);
  PERFORM antdb.link(entry);
END $$;
CREATE PROCEDURE antdb.alter_node(name name, options jsonb) LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE entry antdb.node; fresh name := coalesce((options ->> 'name')::name, name);
BEGIN
  PERFORM antdb.must_be_superuser('change');
  SELECT * INTO entry FROM antdb.node WHERE node_name = name;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'PGXC Node %: object not defined', name USING ERRCODE = '42704';
  END IF;
  entry := antdb.with_options(entry, options);
  PERFORM antdb.other_databases(format('CALL antdb.alter_node(%L, %L)', name, options));
  IF fresh <> name AND antdb.has_server(name) THEN
    EXECUTE format('ALTER SERVER %I RENAME TO %I', name, fresh);
    EXECUTE format('ALTER FOREIGN TABLE antdb.%I RENAME TO %I', 'inbox_' || name, 'inbox_' || fresh);
    EXECUTE format('ALTER FOREIGN TABLE antdb.%I RENAME TO %I', 'shard_' || name, 'shard_' || fresh);
    EXECUTE format('ALTER FOREIGN TABLE antdb.%I RENAME TO %I', 'answer_' || name, 'answer_' || fresh);
    UPDATE antdb.distributed SET nodes = array_replace(nodes, name, fresh);
  END IF;
  entry.node_name := fresh;
  UPDATE antdb.node SET (node_name, node_type, node_port, node_host, nodeis_primary, nodeis_preferred, nodeis_gtm) =
    (entry.node_name, entry.node_type, entry.node_port, entry.node_host, entry.nodeis_primary, entry.nodeis_preferred, entry.nodeis_gtm)
    WHERE id = entry.id;
  PERFORM antdb.link(entry);
END $$;
CREATE PROCEDURE antdb.drop_node(name name) LANGUAGE plpgsql SET antdb.building = 'on' AS $$
BEGIN
  PERFORM antdb.must_be_superuser('remove');
  IF NOT EXISTS (SELECT FROM antdb.node WHERE node_name = name) THEN
    RAISE EXCEPTION 'PGXC Node %: object not defined', name USING ERRCODE = '42704';
  ELSIF name = antdb.self() THEN
    RAISE EXCEPTION 'PGXC Node %: cannot drop local node', name USING ERRCODE = '42601';
  END IF;
  PERFORM antdb.other_databases(format('CALL antdb.drop_node(%L)', name));
  PERFORM antdb.unlink(name);
  DELETE FROM antdb.node WHERE node_name = name;
END $$;
-- Brings a database that was just copied from template1 in line with this node's others.
CREATE PROCEDURE antdb.adopt_database() LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE entry antdb.node; truth antdb.node[];
BEGIN
  IF current_database() <> 'postgres' THEN
    truth := array(SELECT n.entry FROM antdb.dblink(antdb.own_server('postgres'), 'SELECT n FROM antdb.node n ORDER BY id') AS n (entry antdb.node));
    IF truth IS DISTINCT FROM array(SELECT n FROM antdb.node n ORDER BY id) THEN
      DELETE FROM antdb.node;
      INSERT INTO antdb.node SELECT * FROM unnest(truth);
    END IF;
  END IF;
  FOR entry IN SELECT * FROM antdb.node LOOP
    PERFORM antdb.link(entry);
  END LOOP;
  PERFORM antdb.map_roles();
END $$;
CREATE FUNCTION pg_catalog.pgxc_pool_reload() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antdb.postgres_fdw_disconnect_all();
  RETURN true;
END $$;
