-- A plain table, described as JSON: what every node needs to build its part of the distributed one.
CREATE FUNCTION antdb.hashable(kind oid) RETURNS bool LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM pg_opclass o JOIN pg_am a ON a.oid = o.opcmethod
    WHERE a.amname = 'hash' AND o.opcdefault AND (o.opcintype = kind
      OR o.opcintype = (SELECT typbasetype FROM pg_type WHERE oid = kind)
      OR o.opcintype = 'text'::regtype AND kind IN ('varchar'::regtype, 'bpchar'::regtype)))
$$;
-- Columns of a table for CREATE TABLE; on a datanode without defaults, a coordinator sends every value.
CREATE FUNCTION antdb.column_list(rel oid, with_defaults bool) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT string_agg(format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format(' COLLATE %I.%I', n.nspname, c.collname)
      FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation) END,
    CASE WHEN a.attnotnull THEN ' NOT NULL' END,
    CASE WHEN a.attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
         WHEN with_defaults AND a.attidentity = '' AND s.objid IS NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END),
    ', ' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN LATERAL (SELECT p.objid FROM pg_depend p JOIN pg_class q ON q.oid = p.objid AND q.relkind = 'S'
    WHERE p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype IN ('a', 'i') LIMIT 1) s ON true
  WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped
$$;
-- Table constraints of the given kinds (c check, p primary key, u unique), each with a leading comma.
CREATE FUNCTION antdb.constraint_list(rel oid, kinds "char"[]) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(string_agg(format(', CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), '' ORDER BY oid), '')
  FROM pg_constraint WHERE conrelid = rel AND contype = ANY (kinds)
$$;
-- Sequences behind serial and identity columns.
CREATE FUNCTION antdb.sequence_list(rel oid) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', format('%I.%I', n.nspname, c.relname), 'column', a.attname,
    'type', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'increment', s.seqincrement)), '[]')
  FROM pg_depend p JOIN pg_class c ON c.oid = p.objid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_sequence s ON s.seqrelid = c.oid JOIN pg_attribute a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
  WHERE p.refobjid = rel AND p.deptype IN ('a', 'i')
$$;
-- The default distribution column: the first of the primary key or a unique constraint, else the first that can be hashed.
CREATE FUNCTION antdb.default_key(rel oid) RETURNS name LANGUAGE sql STABLE AS $$
  SELECT a.attname FROM pg_attribute a
  LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype IN ('p', 'u') AND c.conkey[1] = a.attnum
  WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND antdb.hashable(a.atttypid)
  ORDER BY c.contype NULLS LAST, a.attnum LIMIT 1
$$;
-- Parts of PostgreSQL that a table over foreign partitions can't have; AntDB has them.
CREATE FUNCTION antdb.check_supported(rel oid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE entry pg_class%ROWTYPE; reason text;
BEGIN
  SELECT * INTO entry FROM pg_class WHERE oid = rel;
  reason := CASE
    WHEN entry.relkind = 'p' OR entry.relispartition THEN 'partitions declared by the user'
    WHEN EXISTS (SELECT FROM pg_inherits WHERE inhrelid = rel) THEN 'inheritance'
    WHEN EXISTS (SELECT FROM pg_constraint WHERE conrelid = rel AND contype = 'f') THEN 'foreign keys'
    WHEN EXISTS (SELECT FROM pg_constraint WHERE conrelid = rel AND contype = 'x') THEN 'exclusion constraints' END;
  IF reason IS NOT NULL THEN
    RAISE EXCEPTION 'the stand-in engine does not distribute tables with % (table "%")', reason, entry.relname
      USING ERRCODE = '0A000', HINT = 'The real AntDB may; this engine is for tests only.';
  END IF;
END $$;
CREATE FUNCTION antdb.check_key(rel oid, key name) RETURNS void LANGUAGE plpgsql AS $$
DECLARE bad name;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = key AND attnum > 0) THEN
    RAISE EXCEPTION 'Invalid distribution column specified' USING ERRCODE = '42P10';
  END IF;
  SELECT c.conname INTO bad FROM pg_constraint c WHERE c.conrelid = rel AND c.contype IN ('p', 'u') AND NOT EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = key AND a.attnum = ANY (c.conkey));
  IF FOUND THEN
    RAISE EXCEPTION 'Unique index of partitioned table must contain the hash/modulo distribution column.' USING ERRCODE = '42P17';
  END IF;
END $$;
-- wish: what DISTRIBUTE BY said, as the front writes it: hash:<column>, replication, roundrobin or empty.
CREATE FUNCTION antdb.describe(rel oid, wish text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE key name := CASE WHEN wish LIKE 'hash:%' THEN substr(wish, 6) ELSE antdb.default_key(rel) END;
  nodes name[] := antdb.datanodes();
BEGIN
  PERFORM antdb.check_supported(rel);
  IF cardinality(nodes) = 0 THEN
    RAISE EXCEPTION 'No Datanode defined in cluster' USING ERRCODE = '42704',
      HINT = 'You need to define at least 1 Datanode with CREATE NODE.';
  END IF;
  IF key IS NULL THEN
    RAISE EXCEPTION 'the stand-in engine does not distribute tables without a column that can be hashed' USING ERRCODE = '0A000';
  ELSIF wish <> 'replication' THEN
    PERFORM antdb.check_key(rel, key);
  END IF;
  RETURN (SELECT jsonb_build_object('schema', n.nspname, 'name', c.relname, 'owner', pg_get_userbyid(c.relowner),
      'key', key, 'method', CASE WHEN wish = '' THEN 'hash' ELSE split_part(wish, ':', 1) END, 'nodes', nodes,
      'unlogged', c.relpersistence = 'u',
      'coordinator', antdb.column_list(rel, true) || antdb.constraint_list(rel, '{c}'),
      'shard_columns', antdb.column_list(rel, false),
      'shard', antdb.column_list(rel, false) || antdb.constraint_list(rel, '{c,p,u}'),
      'sequences', antdb.sequence_list(rel))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel);
END $$;
