SET allow_system_table_mods = on;

CREATE SEQUENCE pg_catalog.mgr_oid_seq START 16500;

CREATE TABLE pg_catalog.mgr_host (
  hostname name NOT NULL, hostuser name NOT NULL, hostport int4 NOT NULL, hostproto "char" NOT NULL, hostagentport int4 NOT NULL, allowcure bool NOT NULL, hostaddr text, hostadbhome text,
  oid oid NOT NULL DEFAULT nextval('pg_catalog.mgr_oid_seq')::oid PRIMARY KEY);

CREATE UNIQUE INDEX mgr_host_hostname_index ON pg_catalog.mgr_host (hostname);

CREATE TABLE pg_catalog.mgr_node (
  nodename name NOT NULL, nodehost oid NOT NULL, nodetype "char" NOT NULL, nodesync name NOT NULL, nodeport int4 NOT NULL, nodeinited bool NOT NULL, nodemasternameoid oid NOT NULL, nodeincluster bool NOT NULL, nodezone name NOT NULL, allowcure bool NOT NULL, curestatus name NOT NULL, nodepath text,
  oid oid NOT NULL DEFAULT nextval('pg_catalog.mgr_oid_seq')::oid PRIMARY KEY);

CREATE TABLE pg_catalog.mgr_updateparm (updateparmnodename name NOT NULL, updateparmnodetype "char" NOT NULL, updateparmkey name NOT NULL, updateparmvalue text);

CREATE TABLE pg_catalog.mgr_parm (parmtype "char" NOT NULL, parmname name NOT NULL, parmvalue name NOT NULL, parmcontext name NOT NULL, parmvartype name NOT NULL, parmunit text, parmminval text, parmmaxval text, parmenumval text);

CREATE TABLE pg_catalog.mgr_hba (nodename name NOT NULL, hbavalue text);

CREATE TABLE pg_catalog.monitor_job (name name NOT NULL, next_time timestamptz, "interval" int4, status bool, command text, description text, oid oid NOT NULL DEFAULT nextval('pg_catalog.mgr_oid_seq')::oid);

GRANT SELECT ON pg_catalog.mgr_host, pg_catalog.mgr_node, pg_catalog.mgr_updateparm, pg_catalog.mgr_parm, pg_catalog.mgr_hba, pg_catalog.monitor_job TO PUBLIC;

CREATE SCHEMA adbmgr;

GRANT USAGE ON SCHEMA adbmgr TO PUBLIC;

CREATE FUNCTION adbmgr.kind_text("char") RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT (string_to_array('gtmcoord master,gtmcoord slave,coordinator master,coordinator slave,datanode master,datanode slave,gtmcoord master|slave,coordinator master|slave,datanode master|slave', ','))[strpos('gpcsdbGCD', $1::text)]$$;

CREATE VIEW adbmgr.host AS SELECT hostname AS name, hostuser AS "user", hostport AS port, CASE WHEN hostproto = 't' THEN 'telnet' ELSE 'ssh' END AS protocol, hostagentport AS agentport, hostaddr AS address, hostadbhome AS adbhome FROM pg_catalog.mgr_host ORDER BY 1;

CREATE VIEW adbmgr.parm AS SELECT parmtype AS type, parmname AS name, parmvalue AS value, parmcontext AS context, parmvartype AS vartype, parmunit AS unit, parmminval AS minval, parmmaxval AS maxval, parmenumval AS enumval FROM pg_catalog.mgr_parm;

CREATE VIEW adbmgr.updateparm AS SELECT updateparmnodename AS nodename, adbmgr.kind_text(updateparmnodetype) AS nodetype, updateparmkey AS key, updateparmvalue AS value FROM pg_catalog.mgr_updateparm ORDER BY 1, 2, 3;

CREATE VIEW adbmgr.node AS SELECT n.nodename AS name, h.hostname AS host, adbmgr.kind_text(n.nodetype) AS type, m.nodename AS mastername, n.nodeport AS port, n.nodesync AS sync_state, n.nodepath AS path, n.nodeinited AS initialized, n.nodeincluster AS incluster, n.nodezone AS zone FROM pg_catalog.mgr_node n LEFT JOIN pg_catalog.mgr_host h ON h.oid = n.nodehost LEFT JOIN pg_catalog.mgr_node m ON m.oid = n.nodemasternameoid ORDER BY array_position('{g,p,c,s,d,b}'::"char"[], CASE WHEN n.nodetype = 's' THEN 'c' ELSE n.nodetype END), m.nodename, n.nodesync DESC, n.oid;

CREATE VIEW adbmgr.hba AS SELECT split_part(adbmgr.kind_text(n.nodetype), ' ', 1) AS nodetype, b.nodename, b.hbavalue FROM pg_catalog.mgr_hba b JOIN pg_catalog.mgr_node n ON n.nodename = b.nodename;

CREATE SCHEMA adb_doctor;

CREATE TABLE adb_doctor.adb_doctor_conf (k text PRIMARY KEY, v text NOT NULL, sort int4 NOT NULL, comment text);

INSERT INTO adb_doctor.adb_doctor_conf VALUES ('enable', '0', 1, '0:false, 1:true. If true, doctor processes will be launched, or else, doctor processes exit.'), ('forceswitch', '0', 2, '0:false, 1:true. Whether force to switch the master/slave, note that force switch may cause DATA LOSS.'), ('rewindoldmaster', '0', 3, '0:false, 1:true. Whether rewind old master after switched, note that rewind old master may cause DATA LOSS.'), ('switchinterval', '30', 4, 'In seconds, The time interval for doctor retry the switching if an error occurred in the previous switching.'), ('nodedeadline', '30', 5, 'In seconds. The maximum time for doctor tolerate a NODE running abnormally.'), ('agentdeadline', '5', 6, 'In seconds. The maximum time for doctor tolerate a AGENT running abnormally.');

CREATE TABLE adb_doctor.adb_doctor_log (id bigserial PRIMARY KEY, begintime timestamptz, endtime timestamptz, faultnode name, assistnode name, strategy text, status text, errormsg text);
