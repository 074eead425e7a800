/** What the values say of metrics: the exporters, and who asks them. */
import { listOf, pattern, raw, type Schema, strict, strings, whole } from "./schema-parts.ts";

/** Flags of an exporter's version, whatever they are. */
const flags: Schema = {
  type: "object",
  additionalProperties: false,
  patternProperties: { "^[a-z][a-z0-9._-]*$": { type: ["string", "number", "boolean"] } },
};

/** By name, since an exporter ends at once over one it does not know; what a newer version has besides goes into extraArgs. */
const named = (names: string): Schema =>
  strict(Object.fromEntries(names.split(" ").map((name) => [name, { type: ["boolean", "null"] }])));

/** node_exporter's for Linux that can mean something in a pod. */
const nodeCollectors = named(
  "arp bonding buddyinfo cgroups conntrack cpu cpufreq diskstats edac entropy ethtool filefd filesystem hwmon interrupts loadavg " +
    "meminfo meminfo_numa mountstats netclass netdev netstat nvme pressure processes schedstat slabinfo sockstat softirqs softnet " +
    "stat sysctl tcpstat thermal_zone time udp_queues uname vmstat xfs zfs zoneinfo",
);
/** postgres_exporter's of 0.20 and before; `bgwriter` is what stat_bgwriter was called up to 0.11. */
const postgresCollectors = named(
  "bgwriter buffercache_summary database database_wraparound locks long_running_transactions postmaster process_idle replication " +
    "replication_slot replication_slots roles settings stat_activity stat_activity_autovacuum stat_archiver stat_bgwriter stat_checkpointer stat_database " +
    "stat_progress_vacuum stat_replication stat_statements stat_user_tables stat_wal_receiver statio_user_indexes statio_user_tables " +
    "wal xlog_location",
);
const own = { enabled: { type: "boolean" }, extraArgs: flags };
/** As Prometheus writes one; empty: its own default. */
const duration = pattern("^([0-9]+(ms|s|m|h))*$");

const monitoring: Schema = strict({
  podMonitor: strict({
    enabled: { type: "boolean" },
    labels: strings,
    annotations: strings,
    interval: duration,
    scrapeTimeout: duration,
    relabelings: listOf(raw),
    metricRelabelings: listOf(raw),
  }),
});

/** @param common what every container has, image and resources, by its definition */
export const exporterSchemas = (
  common: Readonly<Record<string, Schema>>,
): { readonly exporters: Schema; readonly monitoring: Schema } => ({
  exporters: strict({
    node: strict({ ...common, ...own, collectors: nodeCollectors }),
    postgres: strict({
      ...common,
      ...own,
      collectors: postgresCollectors,
      coordinatorCollectors: postgresCollectors,
      statementTimeoutMs: whole(100, 60000),
    }),
  }),
  monitoring,
});
