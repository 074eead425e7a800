-- Building a distributed table: a hash-partitioned parent over foreign tables on coordinators, a plain table on each datanode.
CREATE TABLE antdb.distributed (rel oid PRIMARY KEY, method text NOT NULL, key name, nodes name[] NOT NULL);
GRANT ALL ON antdb.distributed TO public;
CREATE VIEW pg_catalog.pgxc_class AS
  SELECT rel AS pcrelid, CASE method WHEN 'replication' THEN 'R' WHEN 'roundrobin' THEN 'N' ELSE 'H' END::"char" AS pclocatortype,
         (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = rel AND attname = key) AS pcattnum,
         1::int2 AS pchashalgorithm, 4096::int2 AS pchashbuckets,
         array_to_string(array(SELECT n.oid FROM unnest(nodes) WITH ORDINALITY u (node, place) JOIN pg_catalog.pgxc_node n ON n.node_name = u.node
               ORDER BY place), ' ')::pg_catalog.oidvector AS nodeoids
  FROM antdb.distributed;
GRANT SELECT ON pg_catalog.pgxc_class TO public;
CREATE FUNCTION antdb.create_sequences(spec jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE entry jsonb;
BEGIN
  FOR entry IN SELECT jsonb_array_elements(spec -> 'sequences') LOOP
    EXECUTE format('CREATE SEQUENCE %s AS %s START %s INCREMENT %s', entry ->> 'name', entry ->> 'type',
      entry ->> 'start', entry ->> 'increment');
  END LOOP;
END $$;
CREATE FUNCTION antdb.own_sequences(target text, spec jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE entry jsonb;
BEGIN
  FOR entry IN SELECT jsonb_array_elements(spec -> 'sequences') LOOP
    EXECUTE format('ALTER SEQUENCE %s OWNED BY %s.%I', entry ->> 'name', target, entry ->> 'column');
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT antdb.nextval(%L::regclass)', target, entry ->> 'column',
      entry ->> 'name');
  END LOOP;
END $$;
-- One foreign table; clause is its column list or PARTITION OF … FOR VALUES ….
CREATE FUNCTION antdb.add_part(part text, clause text, node name, spec jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE FOREIGN TABLE %s %s SERVER %I OPTIONS (schema_name %L, table_name %L)', part, clause, node,
    spec ->> 'schema', spec ->> 'name');
END $$;
CREATE FUNCTION antdb.add_partitions(target text, nodes name[], spec jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE place int; parent oid := target::regclass;
BEGIN
  FOR place IN 1 .. cardinality(nodes) LOOP
    PERFORM antdb.add_part(format('antdb.%I', parent || '_' || nodes[place]),
      format('PARTITION OF %s FOR VALUES WITH (MODULUS %s, REMAINDER %s)', target, cardinality(nodes), place - 1),
      nodes[place], spec);
  END LOOP;
END $$;
CREATE FUNCTION antdb.build_hashed(target text, spec jsonb, nodes name[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %s (%s) PARTITION BY HASH (%I)', target, spec ->> 'coordinator', spec ->> 'key');
  PERFORM antdb.add_partitions(target, nodes, spec);
END $$;
-- A replicated table has one partition, on the first datanode; a trigger repeats every change on the others.
CREATE FUNCTION antdb.build_replicated(target text, spec jsonb, nodes name[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE place int;
BEGIN
  PERFORM antdb.build_hashed(target, spec, nodes[1:1]);
  FOR place IN 2 .. cardinality(nodes) LOOP
    PERFORM antdb.add_part(format('antdb.%I', target::regclass::oid || '_' || nodes[place]), '(' || (spec ->> 'shard_columns') || ')',
      nodes[place], spec);
  END LOOP;
  EXECUTE format('CREATE TRIGGER antdb_replicate AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'
    ' EXECUTE FUNCTION antdb.replicate()', target);
END $$;
CREATE FUNCTION antdb.replicate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE copy text; parent oid := (SELECT inhparent FROM pg_inherits WHERE inhrelid = TG_RELID);
BEGIN
  FOR copy IN SELECT format('antdb.%I', parent || '_' || node) FROM antdb.distributed, unnest(nodes[2:]) node WHERE rel = parent LOOP
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
      EXECUTE format('DELETE FROM %1$s WHERE ctid = (SELECT ctid FROM %1$s x WHERE x::text = $1 LIMIT 1)', copy) USING OLD::text;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      EXECUTE format('INSERT INTO %s SELECT ($1::%s).*', copy, TG_RELID::regclass) USING NEW;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE FUNCTION antdb.build_coordinator(spec jsonb) RETURNS void LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE target text := format('%I.%I', spec ->> 'schema', spec ->> 'name');
  nodes name[] := array(SELECT jsonb_array_elements_text(spec -> 'nodes')::name);
BEGIN
  PERFORM antdb.create_sequences(spec);
  IF spec ->> 'method' = 'replication' THEN
    PERFORM antdb.build_replicated(target, spec, nodes);
  ELSE
    PERFORM antdb.build_hashed(target, spec, nodes);
  END IF;
  PERFORM antdb.own_sequences(target, spec);
  INSERT INTO antdb.distributed VALUES (target::regclass, spec ->> 'method',
    CASE WHEN spec ->> 'method' <> 'replication' THEN spec ->> 'key' END, nodes);
END $$;
CREATE FUNCTION antdb.build_shard(spec jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE target text := format('%I.%I', spec ->> 'schema', spec ->> 'name');
BEGIN
  PERFORM antdb.create_sequences(spec);
  EXECUTE format('CREATE %s TABLE %s (%s)', CASE WHEN (spec ->> 'unlogged')::bool THEN 'UNLOGGED' END, target, spec ->> 'shard');
END $$;
-- Turns a table the client has just created on this coordinator into a distributed one, everywhere.
CREATE FUNCTION antdb.distribute(rel oid, wish text) RETURNS void LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE spec jsonb := antdb.describe(rel, wish); heap text := rel::regclass::text; filled bool;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %s)', heap) INTO filled;
  IF filled THEN
    EXECUTE format('ALTER TABLE %s RENAME TO %I', heap, 'antdb_' || rel);
    heap := rel::regclass::text;
  ELSE
    EXECUTE format('DROP TABLE %s', heap);
  END IF;
  PERFORM antdb.spread(antdb.datanodes(), 'pg_catalog', format('SELECT antdb.build_shard(%L)', spec));
  PERFORM antdb.spread(antdb.other_coordinators(), 'pg_catalog', format('SELECT antdb.build_coordinator(%L)', spec));
  PERFORM antdb.build_coordinator(spec);
  IF filled THEN
    EXECUTE format('INSERT INTO %I.%I SELECT * FROM %s', spec ->> 'schema', spec ->> 'name', heap);
    EXECUTE format('DROP TABLE %s', heap);
  END IF;
END $$;
