package grammar

import "strings"

// unreserved words may name hosts and nodes.
var unreserved = wordSet(`acl activate adbmgr add agent alter append boottime check_password check_user clean clear config cluster
 data_checksums deploy doctor drop exists extension f failover fast flush for from get_agtm_node_topology get_alarm_info_asc
 get_alarm_info_count get_alarm_info_desc get_all_nodename_in_spec_host get_cluster_tps_qps get_cluster_connect_dbsize_indexsize
 get_cluster_headpage_line get_cluster_summary get_coordinator_node_topology get_database_summary get_database_tps_qps
 get_database_tps_qps_interval_time get_datanode_node_topology get_db_threshold_all_type get_host_history_usage
 get_host_history_usage_by_time_period get_host_list_all get_host_list_spec get_slowlog get_slowlog_count get_threshold_all_type
 get_threshold_type get_user_info gtmcoord hba host job i if immediate init item list maxvalue minvalue mode monitor node off param
 password promote pretty readonly remove reset revoke resolve_alarm rewind s set show size slink smart start stop switchover to
 update_password update_threshold_value update_user user with zone`)

// reserved words may be option names and values, nothing else.
var reserved = wordSet(`all false force in master slave not true on create grant coordinator datanode status`)

// barred words are keywords in neither list: no name at all unless quoted.
var barred = wordSet(`basebackup check checkout dopromote end expand fail ha monitor_databasetps_func_by_time_period recover sleep slot
 success`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

func isKeyword(word string) bool { return unreserved[word] || reserved[word] || barred[word] }
