-- Parameters as a client of AntDB 5.0 (PostgreSQL 11) sees them. The front sends pg_settings, SHOW, current_setting and pg_read_file here
-- where the server's own answer would give PostgreSQL 15 away: who writes recovery.conf or not decides by the version.
CREATE FUNCTION antdb.override(name text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT CASE
    WHEN name = 'server_version_num' THEN '110010'
    WHEN name = 'server_version' THEN '11.10'
    WHEN name IN ('listen_addresses', 'unix_socket_directories') THEN (SELECT f.setting FROM pg_catalog.pg_show_all_file_settings() f
      WHERE f.name = override.name ORDER BY f.seqno DESC LIMIT 1)
  END
$$;
-- Since PostgreSQL 12 parameters, before it lines of recovery.conf.
CREATE FUNCTION antdb.is_later(name text) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
  SELECT name IN ('primary_conninfo', 'primary_slot_name', 'promote_trigger_file', 'restore_command', 'archive_cleanup_command',
    'recovery_end_command', 'recovery_min_apply_delay') OR name LIKE 'recovery_target%'
$$;
CREATE FUNCTION antdb.show(name text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE value text := coalesce(antdb.override(name), antdb.setting(name));
BEGIN
  IF value IS NULL AND NOT antdb.is_later(name) AND name IN ('listen_addresses', 'unix_socket_directories') THEN
    value := current_setting(name);
  ELSIF value IS NULL THEN
    RAISE EXCEPTION 'unrecognized configuration parameter "%"', name USING ERRCODE = '42704';
  END IF;
  RETURN value;
END $$;
CREATE FUNCTION antdb.show(name text, missing_ok bool) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN antdb.show(name);
EXCEPTION WHEN undefined_object THEN
  IF missing_ok THEN
    RETURN NULL;
  END IF;
  RAISE;
END $$;
-- AntDB's parameters that a client may ask for by their limits; those only a restart changes are what they were at the start (see the front's start.go).
CREATE TABLE antdb.own_parameter (name text PRIMARY KEY, context text, vartype text, boot text, least text, most text);
INSERT INTO antdb.own_parameter VALUES
  ('max_coordinators', 'postmaster', 'integer', '16', '2', '65535'), ('max_datanodes', 'postmaster', 'integer', '16', '2', '65535'),
  ('wal_keep_segments', 'sighup', 'integer', '0', '0', '2147483647'), ('pool_time_out', 'sighup', 'integer', '60', '1', '2147483647');
CREATE FUNCTION antdb.at_start(name text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT substr(line, length(name) + 2) FROM regexp_split_to_table(pg_catalog.pg_read_file('antdb.started', 0, 65536, true), '\n') AS line
  WHERE line LIKE name || '=%' LIMIT 1
$$;
CREATE FUNCTION antdb.own_settings() RETURNS SETOF pg_catalog.pg_settings LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE own pg_catalog.pg_settings%ROWTYPE;
BEGIN
  FOR own.name, own.setting, own.sourcefile, own.sourceline, own.context, own.vartype, own.min_val, own.max_val, own.boot_val, own.pending_restart IN
    SELECT name, CASE WHEN p.context = 'postmaster' THEN coalesce(antdb.at_start(name), p.boot) ELSE coalesce(nullif(antdb.setting(name), ''), f.setting, p.boot) END,
      f.sourcefile, f.sourceline, coalesce(p.context, 'sighup'), coalesce(p.vartype, 'string'), p.least, p.most, coalesce(p.boot, ''),
      p.context = 'postmaster' AND coalesce(nullif(antdb.setting(name), ''), p.boot) IS DISTINCT FROM coalesce(antdb.at_start(name), p.boot)
    FROM antdb.own_parameter p FULL JOIN (SELECT DISTINCT ON (f.name) substr(f.name, 7) AS name, f.setting, f.sourcefile, f.sourceline
      FROM pg_catalog.pg_show_all_file_settings() f WHERE f.name LIKE 'antdb.%' AND f.name <> 'antdb.kind' ORDER BY f.name, f.seqno DESC) f USING (name)
  LOOP
    own.category := 'AntDB';
    own.short_desc := 'A parameter of AntDB''s own.'; -- never NULL in the engine; postgres_exporter gives up on one that is
    own.source := CASE WHEN own.sourcefile IS NULL THEN 'default' ELSE 'configuration file' END;
    own.reset_val := own.setting;
    own.pending_restart := coalesce(own.pending_restart, false);
    RETURN NEXT own;
  END LOOP;
END $$;
CREATE VIEW antdb.pg_file_settings AS
  SELECT sourcefile, sourceline, seqno, CASE WHEN name LIKE 'antdb.%' THEN substr(name, 7) ELSE name END AS name, setting, applied, error
  FROM pg_catalog.pg_show_all_file_settings();
CREATE VIEW antdb.pg_settings AS
  SELECT s.name, coalesce(antdb.override(s.name), s.setting) AS setting, s.unit, s.category, s.short_desc, s.extra_desc, s.context, s.vartype,
    s.source, s.min_val, s.max_val, s.enumvals, s.boot_val, s.reset_val, s.sourcefile, s.sourceline,
    s.pending_restart AND antdb.override(s.name) IS NULL AS pending_restart -- the front gives the server other addresses than the file does
  FROM pg_catalog.pg_settings s WHERE s.name NOT LIKE 'antdb.%' AND NOT antdb.is_later(s.name)
  UNION ALL SELECT * FROM antdb.own_settings();
GRANT SELECT ON antdb.pg_settings TO public;
-- Configuration files with AntDB's own names in them; the front puts the prefix on again when a client writes them.
CREATE FUNCTION antdb.plain_names(content text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT regexp_replace(content, '^(\s*)antdb\.(?!kind)', '\1', 'gn') $$;
CREATE FUNCTION antdb.read_file(name text) RETURNS text LANGUAGE sql AS $$ SELECT antdb.plain_names(pg_catalog.pg_read_file(name)) $$;
CREATE FUNCTION antdb.read_file(name text, missing_ok bool) RETURNS text LANGUAGE sql AS
$$ SELECT antdb.plain_names(pg_catalog.pg_read_file(name, 0, 16777216, missing_ok)) $$;
CREATE FUNCTION antdb.read_file(name text, start bigint, size bigint) RETURNS text LANGUAGE sql AS
$$ SELECT antdb.plain_names(pg_catalog.pg_read_file(name, start, size)) $$;
CREATE FUNCTION antdb.read_file(name text, start bigint, size bigint, missing_ok bool) RETURNS text LANGUAGE sql AS
$$ SELECT antdb.plain_names(pg_catalog.pg_read_file(name, start, size, missing_ok)) $$;
-- The server sees only the front's unix socket: where a standby really comes from, the front leaves in a file per walsender.
CREATE FUNCTION antdb.peer(pid int) RETURNS inet LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT nullif(pg_catalog.pg_read_file(current_setting('unix_socket_directories') || '/peer.' || pid, 0, 64, true), '')::inet
$$;
CREATE VIEW antdb.pg_stat_replication AS
  SELECT pid, usesysid, usename, application_name, coalesce(antdb.peer(pid), client_addr) AS client_addr, client_hostname, client_port,
    backend_start, backend_xmin, state, sent_lsn, write_lsn, flush_lsn, replay_lsn, write_lag, flush_lag, replay_lag, sync_priority, sync_state
  FROM pg_catalog.pg_stat_replication;
GRANT SELECT ON antdb.pg_stat_replication TO public;
