-- ALTER TABLE t ADD|DELETE|TO NODE (…): rows are taken out, the table gets partitions on the wanted datanodes, rows are put back; all
-- in one transaction. And statements that only the datanodes' tables can carry out.
CREATE VIEW antdb.shard AS
  SELECT n.nspname AS schema, c.relname AS name, antdb.column_list(c.oid, false) || antdb.constraint_list(c.oid, '{c,p,u}') AS body,
    array_to_string(array(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid))
      || array(SELECT format('GRANT %s ON %I.%I TO %s', a.privilege_type, n.nspname, c.relname,
          CASE a.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
        FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner), ';') AS more
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema');
GRANT SELECT ON antdb.shard TO public;
CREATE FUNCTION antdb.wanted_nodes(rel oid, verb text, names name[]) RETURNS name[] LANGUAGE plpgsql STABLE AS $$
DECLARE present name[] := (SELECT nodes FROM antdb.distributed d WHERE d.rel = wanted_nodes.rel); wanted name[]; odd name;
BEGIN
  IF present IS NULL THEN
    RAISE EXCEPTION 'relation "%" is not distributed', rel::regclass USING ERRCODE = '42809';
  END IF;
  SELECT n INTO odd FROM unnest(names) n WHERE n <> ALL (antdb.datanodes());
  IF FOUND THEN
    RAISE EXCEPTION 'PGXC Node %: object not defined', odd USING ERRCODE = '42704';
  END IF;
  SELECT n INTO odd FROM unnest(names) n WHERE verb = 'add' AND n = ANY (present) OR verb = 'delete' AND n <> ALL (present);
  IF FOUND THEN
    RAISE EXCEPTION 'PGXC Node %: %', odd, CASE verb WHEN 'add' THEN 'already part of the table''s nodes'
      ELSE 'not part of the table''s nodes' END USING ERRCODE = '42710';
  END IF;
  wanted := CASE verb WHEN 'add' THEN present || names WHEN 'to' THEN names
    ELSE array(SELECT n FROM unnest(present) n WHERE n <> ALL (names)) END;
  IF cardinality(wanted) = 0 THEN
    RAISE EXCEPTION 'no datanode would be left for relation "%"', rel::regclass USING ERRCODE = '42P17';
  END IF;
  RETURN wanted;
END $$;
-- New partitions over the wanted nodes, on this coordinator. The old ones are empty.
CREATE FUNCTION antdb.repartition(target text, wanted name[]) RETURNS void LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE part text; rel oid := target::regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = rel LOOP
    EXECUTE format('DROP FOREIGN TABLE %s', part);
  END LOOP;
  PERFORM antdb.add_partitions(target, wanted, (SELECT jsonb_build_object('schema', n.nspname, 'name', c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel));
  UPDATE antdb.distributed d SET nodes = wanted WHERE d.rel = repartition.target::regclass;
END $$;
-- Every datanode has every table, with or without rows; one that joined later may lack it.
CREATE FUNCTION antdb.lacking(target text, nodes name[]) RETURNS name[] LANGUAGE plpgsql AS $$
DECLARE node name; found_it bool; out name[] := '{}';
BEGIN
  FOREACH node IN ARRAY nodes LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM antdb.%I s WHERE format(''%%I.%%I'', s.schema, s.name) = $1)', 'shard_' || node)
      INTO found_it USING target;
    out := CASE WHEN found_it THEN out ELSE out || node END;
  END LOOP;
  RETURN out;
END $$;
CREATE FUNCTION antdb.copy_shard(rel oid, source name, nodes name[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE target text; body text; more text; fresh name[];
BEGIN
  SELECT format('%I.%I', n.nspname, c.relname) INTO target FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
  fresh := antdb.lacking(target, nodes);
  EXECUTE format('SELECT body, more FROM antdb.%I s WHERE format(''%%I.%%I'', s.schema, s.name) = $1', 'shard_' || source)
    INTO body, more USING target;
  PERFORM antdb.spread(fresh, 'pg_catalog', format('CREATE TABLE %s (%s)', target, body));
  IF more <> '' THEN
    PERFORM antdb.spread(fresh, 'pg_catalog', format('DO %L', 'BEGIN ' || more || '; END'));
  END IF;
END $$;
-- One more whole copy of a replicated table on each of these nodes, on this coordinator.
CREATE FUNCTION antdb.add_copies(target text, nodes name[]) RETURNS void LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE node name; parent oid := target::regclass; columns text;
BEGIN
  SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute WHERE attrelid = parent AND attnum > 0 AND NOT attisdropped;
  FOREACH node IN ARRAY nodes LOOP
    PERFORM antdb.add_part(format('antdb.%I', parent || '_' || node), '(' || columns || ')', node,
      (SELECT jsonb_build_object('schema', n.nspname, 'name', c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = parent));
  END LOOP;
  UPDATE antdb.distributed d SET nodes = d.nodes || add_copies.nodes WHERE d.rel = parent;
END $$;
-- As there: the indexes of a moved table are built anew by its bare name, which fails where that needs quotes.
CREATE FUNCTION antdb.reindex_bare(rel oid, node name) RETURNS void LANGUAGE plpgsql AS $$
DECLARE bare text; quoted text; more text; body text;
BEGIN
  SELECT n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname) INTO bare, quoted
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
  EXECUTE format('SELECT body, more FROM antdb.%I s WHERE format(''%%I.%%I'', s.schema, s.name) = $1', 'shard_' || node)
    INTO body, more USING quoted;
  IF bare <> quoted AND (body ~ '(PRIMARY KEY|UNIQUE)' OR more LIKE '%INDEX%') THEN
    RAISE EXCEPTION 'Fail to process utility query on remote node.' USING ERRCODE = '42601',
      DETAIL = format('ERROR:  syntax error in REINDEX TABLE %s', bare);
  END IF;
END $$;
CREATE PROCEDURE antdb.change_nodes(target regclass, verb text, names name[]) LANGUAGE plpgsql SET antdb.building = 'on' AS $$
DECLARE wanted name[] := antdb.wanted_nodes(target, verb, names);
  info antdb.distributed; full_name text; node name;
BEGIN
  SELECT * INTO info FROM antdb.distributed WHERE rel = target;
  SELECT format('%I.%I', n.nspname, c.relname) INTO full_name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
  IF info.key IS NULL AND verb <> 'add' THEN
    RAISE EXCEPTION 'the stand-in engine takes no copy of a replicated table away (table "%")', target USING ERRCODE = '0A000';
  END IF;
  PERFORM antdb.refuse_if_locked('ALTER TABLE');
  PERFORM antdb.reindex_bare(target, info.nodes[1]);
  PERFORM antdb.spread(antdb.other_coordinators(), 'pg_catalog', format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', full_name));
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', full_name);
  IF info.key IS NULL THEN
    PERFORM antdb.copy_shard(target, info.nodes[1], names);
    PERFORM antdb.add_copies(full_name, names);
    PERFORM antdb.spread(antdb.other_coordinators(), 'pg_catalog', format('SELECT antdb.add_copies(%L, %L)', full_name, names));
    FOREACH node IN ARRAY names LOOP
      EXECUTE format('INSERT INTO antdb.%I SELECT * FROM %s', target::oid || '_' || node, full_name);
    END LOOP;
    RETURN;
  END IF;
  EXECUTE format('CREATE TEMP TABLE antdb_moving ON COMMIT DROP AS SELECT * FROM %s', full_name);
  EXECUTE format('TRUNCATE %s', full_name);
  PERFORM antdb.copy_shard(target, info.nodes[1], array(SELECT n FROM unnest(wanted) n WHERE n <> ALL (info.nodes)));
  PERFORM antdb.repartition(full_name, wanted);
  PERFORM antdb.spread(antdb.other_coordinators(), 'pg_catalog', format('SELECT antdb.repartition(%L, %L)', full_name, wanted));
  EXECUTE format('INSERT INTO %s SELECT * FROM antdb_moving', full_name);
  DROP TABLE pg_temp.antdb_moving;
END $$;
-- Primary keys and unique indexes: on the datanodes' tables only.
CREATE PROCEDURE antdb.on_shards(target text, statement text) LANGUAGE plpgsql AS $$
DECLARE nodes name[] := (SELECT d.nodes FROM antdb.distributed d WHERE d.rel = to_regclass(target));
BEGIN
  IF nodes IS NULL OR antdb.is_busy() THEN
    EXECUTE statement;
  ELSE
    PERFORM antdb.spread(nodes, current_setting('search_path'), statement);
  END IF;
END $$;
