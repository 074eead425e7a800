package command

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

var (
	addHbaColumns  = []pgproto3.FieldDescription{column("nodename", typeName), column("values", typeText)}
	showHbaColumns = []pgproto3.FieldDescription{column("nodetype", typeName), column("nodename", typeName), column("hbavalue", typeText)}
	hbaMethods     = []string{"trust", "reject", "md5", "password", "gss", "sspi", "krb5", "ident", "peer", "ldap", "radius", "cert", "pam"}
)

// hbaFields is the form of a value: type, database, user, address, mask as a number, method.
const hbaFields = 6

// checkHba words what is wrong with a value, or gives nothing.
func checkHba(value string) string {
	fields := strings.Fields(value)
	if len(fields) != hbaFields {
		return "Error:\"number of hba item fields is incorrect\""
	}
	if net.ParseIP(fields[3]) == nil {
		return "Error:\"the address is invaild\""
	}
	if mask, err := strconv.Atoi(fields[4]); err != nil || mask < 0 || mask > 32 {
		return "Error:\"the mask is invalid\""
	}
	if !slices.Contains(hbaMethods, fields[5]) {
		return "Error:\"the auth_method is invaild\""
	}
	return ""
}

// hbaLine is the value as a line of pg_hba.conf.
func hbaLine(value string) string {
	f := strings.Fields(value)
	return fmt.Sprintf("%s    %s    %s    %s/%s    %s", f[0], f[1], f[2], f[3], f[4], f[5])
}

// addHba writes values into mgr_hba and into the nodes' files. Bad or repeated values are one row of text, not an ERROR; a node
// that is no member is an ERROR, and what the nodes before it got stays.
func addHba(ctx context.Context, env *Env, s grammar.AddHba) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	targets := nodes.OfKind(grammar.KindsOf(s.Kind)...)
	if s.Name != grammar.AllNodes {
		node, found := nodes.Named(s.Name)
		if !found {
			return Result{}, Fail(codeInternal, "the node does not exist in cluster")
		}
		targets = catalog.Nodes{node}
	}
	rows := newTable(addHbaColumns)
	text := "success"
	for _, node := range targets {
		problem, err := addHbaTo(ctx, env, node, s.Lines)
		if err != nil {
			return Result{}, err
		}
		if problem != "" {
			text = problem
			break
		}
	}
	rows.add(s.Name, text)
	return rows.done(), nil
}

func addHbaTo(ctx context.Context, env *Env, node catalog.Node, values []string) (string, error) {
	if !node.InCluster {
		return "", Fail(codeInternal, "the node does not exist in cluster")
	}
	if status, err := ping(ctx, env, node); err != nil || status != pingOK {
		return "", cmpErr(ctx, Fail(codeInternal, "%s \"%s\" is not running normal", describeKind(node.Kind), node.Name))
	}
	known, err := env.Store.HbaLines(ctx, node.Name)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, value := range values {
		value = strings.Join(strings.Fields(value), " ")
		if problem := checkHba(value); problem != "" {
			return fmt.Sprintf("%s\nin the item \"%s\".\n", problem, value), nil
		}
		if slices.Contains(known, value) {
			return fmt.Sprintf("nodename %s with values \"%s\" has existed.\n", node.Name, value), nil
		}
		lines = append(lines, hbaLine(value))
	}
	if err := admit(ctx, env, node, lines, true); err != nil {
		return err.Error(), nil
	}
	for _, value := range values {
		value = strings.Join(strings.Fields(value), " ")
		if err := env.Store.Exec(ctx, `INSERT INTO pg_catalog.mgr_hba VALUES ($1, $2)`, node.Name, value); err != nil {
			return "", err
		}
	}
	return "", nil
}

func dropHba(ctx context.Context, env *Env, s grammar.DropHba) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	rows := newTable(addHbaColumns)
	for _, node := range nodes {
		if s.Name != grammar.AllNodes && s.Name != node.Name {
			continue
		}
		known, err := env.Store.HbaLines(ctx, node.Name)
		if err != nil {
			return Result{}, err
		}
		request := agentrpc.Request{Op: agentrpc.OpHbaDrop, Path: node.Path, Reload: true}
		for _, value := range known {
			if s.Lines != nil && !slices.Contains(s.Lines, value) {
				continue
			}
			request.Append = append(request.Append, hbaLine(value))
			if err := env.Store.Exec(ctx, `DELETE FROM pg_catalog.mgr_hba WHERE nodename = $1 AND hbavalue = $2`, node.Name, value); err != nil {
				return Result{}, err
			}
		}
		if len(request.Append) == 0 {
			continue
		}
		if _, err := call(ctx, env, node.Host, request); err != nil {
			rows.add(node.Name, err.Error())
		}
	}
	if len(rows.result.Rows) == 0 {
		rows.add(s.Name, "success")
	}
	return rows.done(), nil
}

// showHba reads the nodes' live files.
func showHba(ctx context.Context, env *Env, s grammar.ShowHba) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	rows := newTable(showHbaColumns)
	for _, node := range nodes {
		if s.Names != nil && !slices.Contains(s.Names, node.Name) || !node.InCluster {
			continue
		}
		text, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpHbaShow, Path: node.Path})
		if err != nil {
			text = err.Error()
		}
		rows.add(describeKind(node.Kind), node.Name, text)
	}
	return rows.done(), ctx.Err()
}

// reapplyHba writes mgr_hba's lines into the members' files, as INIT ALL does at its end.
func reapplyHba(ctx context.Context, env *Env, nodes catalog.Nodes) error {
	for _, node := range nodes.Members() {
		known, err := env.Store.HbaLines(ctx, node.Name)
		if err != nil {
			return err
		}
		var lines []string
		for _, value := range known {
			lines = append(lines, hbaLine(value))
		}
		if len(lines) == 0 {
			continue
		}
		if err := admit(ctx, env, node, lines, true); err != nil {
			env.warning("add hba of %s \"%s\" fail: %s", describeKind(node.Kind), node.Name, err)
		}
	}
	return nil
}
