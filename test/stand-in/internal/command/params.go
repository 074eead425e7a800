package command

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// paramCovers reports whether a mgr_updateparm row is about the node.
func paramCovers(param catalog.Param, node catalog.Node) bool {
	if param.Node != grammar.AllNodes && param.Node != node.Name {
		return false
	}
	return strings.ContainsRune(string(grammar.KindsOf(param.Kind)), rune(node.Kind))
}

// assignment is one checked `key = value`.
type assignment struct {
	key, value string // value as stored: quoted when it has to be
	context    string // of the GUC, empty with FORCE
}

func setParam(ctx context.Context, env *Env, s grammar.SetParam) error {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	targets, err := paramTargets(nodes, s)
	if err != nil {
		return err
	}
	items, err := checkAssignments(ctx, env, s)
	if err != nil {
		return err
	}
	if items == nil {
		return nil
	}
	for _, target := range targets {
		if err := storeParams(ctx, env, s, target, items); err != nil {
			return err
		}
	}
	return applyParams(ctx, env, s, nodes, targets, items)
}

// paramTargets are the rows a SET writes: one for all of a kind, or one a node for `MASTER ALL` and `SLAVE ALL`.
func paramTargets(nodes catalog.Nodes, s grammar.SetParam) ([]catalog.Param, error) {
	group := len(grammar.KindsOf(s.Kind)) > 1
	if s.Name == grammar.AllNodes && !group {
		var targets []catalog.Param
		for _, node := range nodes.OfKind(s.Kind) {
			targets = append(targets, catalog.Param{Node: node.Name, Kind: s.Kind})
		}
		return targets, nil
	}
	if s.Name != grammar.AllNodes {
		node, found := nodes.Named(s.Name)
		if !found {
			return nil, Fail(codeUndefined, "the node \"%s\" does not exist", s.Name)
		}
		if node.Kind != s.Kind {
			return nil, Fail(codeUndefined, "the type of node \"%s\" is not %s", s.Name, describeKind(s.Kind))
		}
	}
	return []catalog.Param{{Node: s.Name, Kind: s.Kind}}, nil
}

// checkAssignments reads and checks the options. A value that does not fit is a WARNING, and then the whole SET does nothing: it
// gives nil.
func checkAssignments(ctx context.Context, env *Env, s grammar.SetParam) ([]assignment, error) {
	var items []assignment
	for _, option := range s.Options {
		item := assignment{key: option.Name, value: option.Value}
		if option.Name == "port" || option.Name == "synchronous_standby_names" {
			return nil, Fail(codeInUse, "permission denied: \"%s\" shoule be modified in \"node\" table before init all, \nuse \"list node\" to get information", option.Name)
		}
		if !s.Reset {
			if _, err := textValue(option); err != nil {
				return nil, err
			}
		}
		if !s.Force {
			known, found, err := env.Store.KnownParam(ctx, option.Name)
			if err != nil {
				return nil, err
			}
			if !found {
				return nil, Fail(codeUndefined, "unrecognized configuration parameter \"%s\"", option.Name)
			}
			noticeContext(env, known)
			if misfit := checkValue(known, option.Value); misfit != nil && !s.Reset {
				env.Notice("WARNING", misfit.Code, misfit.Message)
				return nil, nil
			}
			item.context = known.Context
		}
		item.value = storedForm(option.Value)
		items = append(items, item)
	}
	return items, nil
}

// noticeContext says what a changed value needs before it counts.
func noticeContext(env *Env, known catalog.Known) {
	const cantChange = "55P02"
	switch known.Context {
	case "postmaster":
		env.Notice("NOTICE", cantChange, "parameter \""+known.Name+"\" cannot be changed without restarting the server")
	case "internal":
		env.Notice("NOTICE", cantChange, "parameter \""+known.Name+"\" cannot be changed")
	case "backend", "superuser-backend":
		env.Notice("NOTICE", cantChange, "parameter \""+known.Name+"\" cannot be set after connection start")
	}
}

var plainNumber = regexp.MustCompile(`^[0-9]*\.?[0-9]*$`)

// storedForm quotes what is neither a number nor a boolean word.
func storedForm(value string) string {
	switch strings.ToLower(value) {
	case "on", "off", "true", "false":
		return value
	}
	if plainNumber.MatchString(value) && value != "" || strings.HasPrefix(value, "'") {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

func checkValue(known catalog.Known, value string) *Failure {
	const invalid = "22023"
	switch known.Type {
	case "bool":
		switch strings.ToLower(value) {
		case "on", "off", "true", "false", "yes", "no", "1", "0":
			return nil
		}
		return Fail(invalid, "parameter \"%s\" requires a Boolean value", known.Name)
	case "enum":
		for _, word := range strings.Split(strings.Trim(known.Enum, "{}"), ",") {
			if strings.EqualFold(strings.Trim(word, `"`), value) {
				return nil
			}
		}
		return Fail(invalid, "invalid value for parameter \"%s\": \"%s\"", known.Name, value).hinted("Available values: " + known.Enum)
	case "integer":
		number, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			if regexp.MustCompile(`^-?[0-9]+\s*[a-zA-Z]+$`).MatchString(value) {
				return nil
			}
			return Fail(invalid, "invalid value for parameter \"%s\": \"%s\"", known.Name, value)
		}
		low, lowErr := strconv.ParseInt(known.Min, 10, 64)
		high, highErr := strconv.ParseInt(known.Max, 10, 64)
		if lowErr == nil && highErr == nil && (number < low || number > high) {
			return Fail(invalid, "%d is outside the valid range for parameter \"%s\" (%d .. %d)", number, known.Name, low, high)
		}
	case "real":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return Fail(invalid, "parameter \"%s\" requires a numeric value", known.Name)
		}
	}
	return nil
}

func storeParams(ctx context.Context, env *Env, s grammar.SetParam, target catalog.Param, items []assignment) error {
	for _, item := range items {
		row := catalog.Param{Node: target.Node, Kind: target.Kind, Key: item.key, Value: item.value}
		if kinds := grammar.KindsOf(target.Kind); len(kinds) > 1 {
			if err := env.Store.DropShadowed(ctx, row, string(kinds)); err != nil {
				return err
			}
		}
		err := env.Store.DropParam(ctx, row)
		if err != nil {
			return err
		}
		if err := storeParam(ctx, env, s, row); err != nil {
			return err
		}
	}
	return nil
}

// notSet is the value of a row that keeps what is set for all from one node, which RESET … FORCE leaves behind.
const notSet = "--"

// storeParam writes a row where one is needed: none for a node that gets what all get, none after a RESET unless others have the parameter.
func storeParam(ctx context.Context, env *Env, s grammar.SetParam, row catalog.Param) error {
	shared, found := "", false
	if row.Node != grammar.AllNodes {
		var err error
		if shared, found, err = env.Store.SharedParam(ctx, row); err != nil {
			return err
		}
	}
	if s.Reset {
		row.Value = notSet
		if !found {
			return nil
		}
	} else if found && shared == row.Value {
		return nil
	}
	return env.Store.PutParam(ctx, row)
}

// applyParams edits postgresql.conf of the members, one after the other: the first agent that is away ends it, and takes the catalog's rows back, not the files. A SET with FORCE is written and not reloaded.
func applyParams(ctx context.Context, env *Env, s grammar.SetParam, nodes catalog.Nodes, targets []catalog.Param, items []assignment) error {
	request := agentrpc.Request{Op: agentrpc.OpConf, Set: map[string]string{}}
	for _, item := range items {
		if s.Reset {
			request.Reset = append(request.Reset, item.key)
		} else {
			request.Set[item.key] = unquote(item.value)
		}
		switch item.context {
		case "user", "superuser", "sighup":
			request.Reload = true
		}
	}
	for _, node := range nodes {
		covered := false
		for _, target := range targets {
			covered = covered || paramCovers(target, node)
		}
		if !covered || !node.InCluster {
			continue
		}
		request.Path = node.Path
		if _, err := call(ctx, env, node.Host, request); err != nil {
			return Fail("08006", "reload parameter fail: %s", err)
		}
	}
	return ctx.Err()
}
