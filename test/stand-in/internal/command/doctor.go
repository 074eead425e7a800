package command

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/grammar"
)

// doctorRanges are the parameters of SET DOCTOR with their bounds.
var doctorRanges = map[string][2]int{
	"enable": {0, 1}, "forceswitch": {0, 1}, "rewindoldmaster": {0, 1}, "switchinterval": {1, 7200}, "nodedeadline": {1, 7200}, "agentdeadline": {1, 7200},
}

func doctorColumns(start bool) []pgproto3.FieldDescription {
	return []pgproto3.FieldDescription{column(map[bool]string{true: "mgr_doctor_start", false: "mgr_doctor_stop"}[start], typeBool)}
}

// doctor records that doctor is on or off. No doctor works here: nothing heals by itself.
func doctor(ctx context.Context, env *Env, s grammar.Doctor) (Result, error) {
	value := map[bool]string{true: "1", false: "0"}[s.Start]
	if err := env.Store.Exec(ctx, `UPDATE adb_doctor.adb_doctor_conf SET v = $1 WHERE k = 'enable'`, value); err != nil {
		return Result{}, err
	}
	rows := newTable(doctorColumns(s.Start))
	rows.add(true)
	return rows.done(), nil
}

func setDoctor(ctx context.Context, env *Env, s grammar.SetDoctor) error {
	switch {
	case s.Node != "":
		nodes, err := env.Store.Nodes(ctx)
		if err != nil {
			return err
		}
		node, found := nodes.Named(s.Node)
		if !found {
			return Fail(codeInternal, "set doctor node failed, the node %s may not exists.", s.Node)
		}
		return env.Store.SetAllowCure(ctx, node.OID, s.On)
	case s.Host != "":
		host, _, found, err := findHost(ctx, env, s.Host)
		if err == nil && !found {
			err = Fail(codeInternal, "set doctor host failed, the host %s may not exists.", s.Host)
		}
		if err != nil {
			return err
		}
		return setHostCure(ctx, env, host, s.On)
	}
	for _, option := range s.Options {
		if err := setDoctorParam(ctx, env, option); err != nil {
			return err
		}
	}
	return nil
}

func setDoctorParam(ctx context.Context, env *Env, option grammar.Option) error {
	bounds, known := doctorRanges[option.Name]
	if !known {
		return Fail("22023", "unrecognize antdb doctor conf key:%s", option.Name)
	}
	value, err := strconv.Atoi(option.Value)
	if err != nil || value < bounds[0] || value > bounds[1] {
		return Fail("22023", "%s must between %d and %d", option.Name, bounds[0], bounds[1])
	}
	return env.Store.Exec(ctx, `UPDATE adb_doctor.adb_doctor_conf SET v = $2 WHERE k = $1`, option.Name, strconv.Itoa(value))
}
