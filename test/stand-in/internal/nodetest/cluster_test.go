// Package nodetest brings up a small cluster of stand-in nodes on loopback, through their agents and without a manager, and looks at
// what clients see.
package nodetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/agentrpc"
)

// member is one node of the test cluster, on an address of its own.
type member struct {
	name, kind, address string
	port                int
	path                string
}

const (
	agentPort  = 18432
	gtmTimeout = "2" // seconds
	osUser     = "nobody"
)

var (
	home    string // everything of this run
	base    = fmt.Sprintf("127.%d.%d.", 20+os.Getpid()%200, 1+os.Getpid()/200%250)
	cluster = map[string]*member{}
)

func init() {
	for i, name := range []string{"gc_0", "cn_0", "cn_1", "dn_0", "dn_1", "ds_0"} {
		kinds := map[string]string{"gc": "g", "cn": "c", "dn": "d", "ds": "b"}
		ports := map[string]int{"gc": 6655, "cn": 5432, "dn": 5433, "ds": 5433}
		cluster[name] = &member{name: name, kind: kinds[name[:2]], address: base + strconv.Itoa(10+i), port: ports[name[:2]]}
	}
}

const hbaSample = `local all all trust
host all all 127.0.0.1/32 trust
local replication all trust
host replication all 127.0.0.1/32 trust
host all antdb_hooks 0.0.0.0/0 md5
`

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	if os.Getuid() != 0 {
		fmt.Println("skipped: these tests run nodes as another user and need root")
		return 0
	}
	var err error
	if home, err = os.MkdirTemp("/tmp", "stand-in-nodes-"); err != nil {
		panic(err)
	}
	if os.Getenv("STAND_IN_KEEP") == "" {
		defer os.RemoveAll(home)
	}
	defer stopAll()
	if err := install(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := bringUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// install builds the programs and the share directory, and starts an agent per node.
func install() error {
	binary := filepath.Join(home, "stand-in")
	build := exec.Command("go", "build", "-o", binary, "./engine")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	for _, name := range []string{"agent", "postgres"} {
		if err := os.Symlink("stand-in", filepath.Join(home, name)); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(home, "pg_hba.conf.sample"), []byte(hbaSample), 0o644); err != nil {
		return err
	}
	owner, err := user.Lookup(osUser)
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(owner.Uid)
	if err := os.Chown(home, uid, -1); err != nil {
		return err
	}
	for _, one := range cluster {
		one.path = filepath.Join(home, one.name)
		if err := startAgent(one, uint32(uid)); err != nil {
			return err
		}
	}
	return nil
}

var agents []*exec.Cmd

func startAgent(one *member, uid uint32) error {
	cmd := exec.Command(filepath.Join(home, "agent"), "-P", strconv.Itoa(agentPort))
	cmd.Env = append(os.Environ(), "STAND_IN_AGENT_ADDRESS="+one.address, "STAND_IN_LISTEN="+one.address, "STAND_IN_SHARE="+home,
		"STAND_IN_GTM_TIMEOUT="+gtmTimeout, "HOME="+home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	agents = append(agents, cmd)
	client := agentrpc.Client{Host: one.address, Port: agentPort}
	for range 100 {
		if client.Reachable(context.Background()) {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the agent of %s does not answer", one.name)
}

func stopAll() {
	for _, one := range cluster {
		_, _ = one.call(agentrpc.Request{Op: agentrpc.OpStop, Mode: "immediate", Wait: true})
	}
	for _, cmd := range agents {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

func (m *member) call(request agentrpc.Request) (string, error) {
	request.Path, request.Port = m.path, m.port
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	return agentrpc.Client{Host: m.address, Port: agentPort}.Call(ctx, request)
}

// bringUp initialises and starts all masters, tells gtm and coordinators of each other, and adds the standby.
func bringUp() error {
	if err := cluster["gc_0"].initialise(); err != nil { // first, or the others try it again only after three seconds
		return err
	}
	var group sync.WaitGroup
	errs := make(chan error, len(cluster))
	for _, one := range cluster {
		if one.kind != "b" && one.kind != "g" {
			group.Go(func() { errs <- one.initialise() })
		}
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	for _, name := range []string{"gc_0", "cn_0", "cn_1"} {
		if err := introduce(cluster[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return addStandby()
}

func (m *member) initialise() error {
	gtm := cluster["gc_0"]
	for _, request := range []agentrpc.Request{
		{Op: agentrpc.OpInitdb, NodeName: m.name, Kind: m.kind},
		{Op: agentrpc.OpConf, Set: map[string]string{
			"port": strconv.Itoa(m.port), "listen_addresses": "*", "agtm_host": gtm.address, "agtm_port": strconv.Itoa(gtm.port),
			"wal_log_hints": "on", "wal_keep_segments": "32", "max_prepared_transactions": "120", "fsync": "off",
		}},
		{Op: agentrpc.OpStart, Wait: true},
	} {
		if text, err := m.call(request); err != nil {
			return fmt.Errorf("%s: %s: %s %w", m.name, request.Op, text, err)
		}
	}
	return nil
}

func introduce(to *member) error {
	conn, err := to.dial(osUser, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	for _, name := range []string{"gc_0", "cn_0", "cn_1", "dn_0", "dn_1"} {
		one, verb, kind := cluster[name], "CREATE", "coordinator"
		if one == to {
			verb = "ALTER"
		}
		if one.kind == "d" {
			kind = "datanode"
		}
		sql := fmt.Sprintf("%s NODE \"%s\" WITH (TYPE='%s', HOST='%s', PORT=%d, GTM=%t)", verb, name, kind, one.address, one.port, one.kind == "g")
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

func addStandby() error {
	master, standby := cluster["dn_0"], cluster["ds_0"]
	text, err := standby.call(agentrpc.Request{
		Op: agentrpc.OpBasebackup, Host: master.address, User: osUser, NodeName: standby.name,
	})
	if err == nil {
		text, err = standby.call(agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	}
	if err == nil {
		text, err = master.call(agentrpc.Request{
			Op: agentrpc.OpConf, Set: map[string]string{"synchronous_standby_names": "FIRST 1 (ds_0)"}, Reload: true,
		})
	}
	if err != nil {
		return fmt.Errorf("standby: %s %w", text, err)
	}
	return nil
}

// dial opens a session as a pg client would; simple protocol, as the project's program and psql use it.
func (m *member) dial(user, database string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	config, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s dbname=%s sslmode=disable", m.address, m.port, user, database))
	if err != nil {
		return nil, err
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return pgx.ConnectConfig(ctx, config)
}
