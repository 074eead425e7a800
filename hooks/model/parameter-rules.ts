/** What may be given in values.yaml and what not: the chart refuses by the same table (chart/files/parameters.yaml), with the same words. */

const replication = "the program and the manager keep it right for replication and failover";
const identity = "it is part of how the node is found, and follows from the chart";

/** Parameters that are not the user's, and why. */
export const ownedParameters: Readonly<Record<string, string>> = {
  agtm_host: "the program writes the gtm's present address there whenever it moves",
  agtm_port: "the program writes the gtm's present address there whenever it moves",
  config_file: identity,
  data_directory: identity,
  external_pid_file: identity,
  grammar:
    "the manager and the program speak PostgreSQL's; set it for a role: ALTER ROLE app SET grammar = oracle",
  hba_file: "the program renders pg_hba.conf; who may come in is clients.cidrs",
  hot_standby: replication,
  ident_file: identity,
  listen_addresses: identity,
  pgxc_node_name: identity,
  port: identity,
  primary_conninfo: replication,
  primary_slot_name: replication,
  standard_conforming_strings: "the manager and the program write SQL that depends on it",
  synchronous_standby_names:
    "the manager writes it; whether commits wait for a standby is its sync_state there",
  unix_socket_directories: "the manager's agent and the probes look for the socket in /tmp",
  wal_level: replication,
};

/**
 * A standby replays nothing, or does not start, when one of these is lower than its master's (src/backend/access/transam/xlog.c,
 * CheckRequiredParameterValues); and the two change places on a failover. max_coordinators and max_datanodes size what is kept of a prepared transaction
 * (src/backend/access/transam/twophase.c, NODES_SIZE), which a standby keeps as well.
 */
export const sameInPair: readonly string[] = [
  "max_connections",
  "max_worker_processes",
  "max_prepared_transactions",
  "max_locks_per_transaction",
  "max_coordinators",
  "max_datanodes",
  "wal_log_hints",
];

/** Who a master's commits wait for; the manager writes it. Tells of standbys that are not there as well. */
export const synchronousNames = "synchronous_standby_names";

/** What the engine starts with where postgresql.conf says nothing (src/backend/utils/misc/guc.c), of those above that a new node's file does not have. */
export const engineDefaults: Readonly<Record<string, string>> = {
  max_worker_processes: "108",
  max_locks_per_transaction: "64",
};

/** Below these a cluster of this chart can't work. */
export const leastValues: Readonly<Record<string, { readonly least: number; readonly why: string }>> = {
  max_prepared_transactions: {
    least: 10,
    why: "every write that touches two nodes is a prepared transaction",
  },
  max_wal_senders: { least: 3, why: "a standby streams, and another is copied meanwhile" },
  max_connections: { least: 20, why: "every session of a coordinator may open one on each node" },
};

/**
 * What initdb and the manager write into a new node's postgresql.conf (src/adbmgrd/manager/cmd_node.c, mgr_add_parameters_pgsqlconf). The engine's own defaults
 * are others (shared_buffers: 8 MB), so a value taken away goes back to these.
 */
export const bornWith: Readonly<Record<string, string>> = {
  shared_buffers: "128MB",
  max_connections: "100",
  dynamic_shared_memory_type: "posix",
  max_wal_size: "1GB",
  min_wal_size: "80MB",
  log_timezone: "Etc/UTC",
  timezone: "Etc/UTC",
  datestyle: "iso, mdy",
  lc_messages: "C",
  lc_monetary: "C",
  lc_numeric: "C",
  lc_time: "C",
  default_text_search_config: "pg_catalog.english",
  synchronous_commit: "on",
  max_wal_senders: "5",
  wal_keep_segments: "32",
  max_prepared_transactions: "120",
  log_destination: "csvlog",
  logging_collector: "on",
  log_directory: "pg_log",
};
