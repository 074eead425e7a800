package nodetest

import (
	"fmt"
	"testing"

	"antdb.io/stand-in/internal/agentrpc"
)

// Last by the file's name: afterwards ds_0 is the master of the first pair.
func TestPromoteAndRewind(t *testing.T) {
	master, standby := cluster["dn_0"], cluster["ds_0"]
	conn := open(t, "cn_0", osUser, "postgres")
	run(t, conn, "CREATE TABLE kept (id int); INSERT INTO kept SELECT generate_series(1, 100)")
	tell(t, "dn_0", agentrpc.Request{Op: agentrpc.OpStop, Mode: "immediate", Wait: true})
	tell(t, "ds_0", agentrpc.Request{Op: agentrpc.OpConf, Reset: []string{"synchronous_standby_names"}, Reload: true})
	tell(t, "ds_0", agentrpc.Request{Op: agentrpc.OpPromote})
	for _, node := range []string{"gc_0", "cn_0", "cn_1"} {
		run(t, open(t, node, osUser, "postgres"), fmt.Sprintf("ALTER NODE dn_0 WITH (NAME='ds_0', HOST='%s', PORT=%d)", standby.address, standby.port))
	}
	until(t, "rows through the new master", func() bool {
		_, err := try(conn, "INSERT INTO kept SELECT generate_series(101, 200)")
		return err == nil
	})
	if rows := number(t, open(t, "cn_1", osUser, "postgres"), "SELECT count(*) FROM kept"); rows != 200 {
		t.Fatalf("%d rows", rows)
	}
	tell(t, "dn_0", agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	tell(t, "dn_0", agentrpc.Request{Op: agentrpc.OpStop, Mode: "fast", Wait: true})
	run(t, open(t, "ds_0", osUser, "template1"), "CHECKPOINT") // pg_rewind reads the new timeline from the control file; the manager does this too
	request := agentrpc.Request{Op: agentrpc.OpRewind, Host: standby.address, User: osUser}
	if text, err := master.call(request); err != nil {
		t.Fatalf("rewind: %s %v", text, err)
	}
	conninfo := fmt.Sprintf("host=%s port=%d user=%s application_name=dn_0", standby.address, standby.port, osUser)
	tell(t, "dn_0", agentrpc.Request{Op: agentrpc.OpRecovery, PrimaryConninfo: conninfo})
	tell(t, "dn_0", agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	watch := open(t, "ds_0", osUser, "template1")
	until(t, "the old master streams", func() bool {
		return number(t, watch, "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'dn_0' AND state = 'streaming'") == 1
	})
}
