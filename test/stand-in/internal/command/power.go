package command

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// pollSeconds is how long an ALL form waits for the nodes of a kind.
const pollSeconds = 90

var (
	startOrder = []byte("gpcsdb")
	stopOrder  = []byte("bdcspg")
)

func powerColumns(s grammar.Power) []pgproto3.FieldDescription {
	if s.Mixed {
		return mixedColumns
	}
	return statusColumns
}

// power does START and STOP. ALL forms send pg_ctl without waiting to every node of a kind and judge by ping; named forms wait for
// pg_ctl and report its verdict, so they are not idempotent.
func power(ctx context.Context, env *Env, s grammar.Power) (Result, error) {
	rows := newTable(powerColumns(s))
	if s.Names != nil {
		err := powerNamed(ctx, env, s, rows)
		return rows.done(), err
	}
	kinds := slices.Clone(s.Kinds)
	if kinds == nil {
		kinds = startOrder
		if !s.Start {
			kinds = stopOrder
		}
	} else if !s.Start {
		slices.Reverse(kinds)
	}
	for _, kind := range kinds {
		nodes, err := env.Store.Nodes(ctx)
		if err != nil {
			return Result{}, err
		}
		nodes = nodes.OfKind(kind)
		if s.Zone != "" {
			nodes = slices.DeleteFunc(nodes, func(node catalog.Node) bool { return node.Zone != s.Zone })
		}
		if err := powerKind(ctx, env, s, kind, nodes, rows); err != nil {
			return Result{}, err
		}
	}
	if s.Zone != "" {
		verb := map[bool]string{true: "start", false: "stop"}[s.Start]
		rows = newTable(statusColumns)
		rows.add(verb+" zone", true, verb+" zone success")
	}
	return rows.done(), nil
}

func powerNamed(ctx context.Context, env *Env, s grammar.Power, rows *table) error {
	kind := s.Kinds[0]
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, name := range s.Names {
		node, found := nodes.Named(name)
		if !found {
			return Fail(codeUndefined, "%s \"%s\" does not exist", describeKind(kind), name)
		}
		if node.Kind != kind {
			return Fail(codeSyntax, "the type of  %s is not right, use \"list node\" to check", name)
		}
		// STOP GTMCOORD MASTER is sent without wait even when named.
		wait := s.Start || kind != 'g'
		status, text, err := powerOne(ctx, env, node, s, wait)
		if err != nil {
			return err
		}
		rows.add(name, status, text)
	}
	return nil
}

// powerOne sends pg_ctl to one node's agent.
func powerOne(ctx context.Context, env *Env, node catalog.Node, s grammar.Power, wait bool) (bool, string, error) {
	if err := env.Flags.SetAllowCure(ctx, node.OID, s.Start); err != nil {
		return false, "", err
	}
	name := powerName(node.Kind, s.Start, wait)
	if err := needAgent(ctx, node.Host, name); err != nil {
		return false, "", err
	}
	if s.Start && !node.Inited {
		return false, fmt.Sprintf("%s \"%s\" has not been initialized", describeKind(node.Kind), node.Name), nil
	}
	request := agentrpc.Request{Op: agentrpc.OpStart, Path: node.Path, Port: node.Port, Kind: string(node.Kind), NodeName: node.Name, Wait: wait}
	if !s.Start {
		request.Op, request.Mode = agentrpc.OpStop, s.Mode
	}
	_, err := call(ctx, env, node.Host, request)
	if ctx.Err() != nil {
		return false, "", ctx.Err()
	}
	reportCall(env, node.Host.Address, name, powerParams(node, s, wait), err)
	if err != nil {
		return false, err.Error(), nil
	}
	return true, "success", nil
}

// powerName is the name the manager gives the agent's command.
func powerName(kind byte, start, wait bool) string {
	verb := map[bool]string{true: "START ", false: "STOP "}[start]
	name := verb + map[byte]string{'g': "GTMCOORD MASTER", 'p': "GTMCOORD SLAVE", 'c': "COORD", 's': "COORD", 'd': "DATANODE", 'b': "DATANODE"}[kind]
	if kind == 'g' && !start {
		name = "STOP COORD"
	}
	if !wait {
		name += " BACKEND"
	}
	return name
}

// pgctlMode is the word after -Z.
func pgctlMode(kind byte) string {
	return map[byte]string{'g': "gtm_coord", 'p': "gtm_coord", 'c': "coordinator", 's': "coordinator", 'd': "datanode", 'b': "datanode"}[kind]
}

func powerParams(node catalog.Node, s grammar.Power, wait bool) string {
	waiting := map[bool]string{true: "-w -c", false: "-c -W"}[wait]
	if s.Start {
		return fmt.Sprintf(" start -D %s -Z %s -o -i %s -l %s/logfile", node.Path, pgctlMode(node.Kind), waiting, node.Path)
	}
	return fmt.Sprintf(" stop -D %s -Z %s -m %s -o -i %s", node.Path, pgctlMode(node.Kind), s.Mode, waiting)
}

// powerKind is one kind's part of an ALL form.
func powerKind(ctx context.Context, env *Env, s grammar.Power, kind byte, nodes catalog.Nodes, rows *table) error {
	for _, node := range nodes {
		if _, _, err := powerOne(ctx, env, node, s, false); err != nil {
			return err
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	verb := map[bool]string{true: "start", false: "stop"}[s.Start]
	env.notice("waiting max %d seconds for %s to %s ...\n", pollSeconds, describeKind(kind), verb)
	if err := pollKind(ctx, env, s.Start, nodes); err != nil {
		return err
	}
	for _, node := range nodes {
		seen, err := ping(ctx, env, node)
		if err != nil {
			return err
		}
		status, text := verdict(s.Start, node, seen)
		if s.Mixed {
			rows.add(verb+" "+describeKind(kind), node.Name, status, text)
		} else {
			rows.add(node.Name, status, text)
		}
	}
	return nil
}

// verdict is the row of an ALL form: the last ping decides.
func verdict(start bool, node catalog.Node, seen pingResult) (bool, string) {
	switch {
	case start && !node.Inited:
		return false, fmt.Sprintf("%s \"%s\" has not been initialized", describeKind(node.Kind), node.Name)
	case start && seen.alive(), !start && seen == pingNoResponse && node.Inited:
		return true, "success"
	}
	return false, "failure"
}

// pollKind waits until every node is as asked, once a tick, up to pollSeconds.
func pollKind(ctx context.Context, env *Env, start bool, nodes catalog.Nodes) error {
	const tick = 100 * time.Millisecond
	const rejectFor = 5 * time.Second // a server that still rejects then counts as started, as for the real one at its first look
	began := time.Now()
	for ; time.Since(began) < pollSeconds*time.Second; time.Sleep(tick) {
		settled := true
		for _, node := range nodes {
			seen, err := ping(ctx, env, node)
			if err != nil {
				return err
			}
			waits := seen == pingNoResponse || seen == pingReject && time.Since(began) < rejectFor
			if start && waits && node.Inited || !start && seen.alive() {
				settled = false
				break
			}
			if start && node.Kind == 'g' && seen == pingOK && node.Inited && !node.InCluster {
				registerGtm(ctx, env, node)
			}
		}
		if settled {
			return nil
		}
	}
	return nil
}
