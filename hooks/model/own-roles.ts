/** The role this program logs in with on the manager and on every node; the line that lets it in is in the chart's pg_hba.conf.sample. */
export const programRole = "antdb_hooks";

/** The role the exporters log in with, from inside their own pod alone; its lines are in that sample too. */
export const monitorRole = "antdb_monitor";
