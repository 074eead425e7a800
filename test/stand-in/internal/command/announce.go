package command

import (
	"context"
	"fmt"
	"strconv"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// record changes mgr_node: the old master is a slave outside the cluster now, its other slaves follow the new one.
func (s *switching) record(ctx context.Context) error {
	next, old := s.next, s.old
	next.Kind, next.MasterOID, next.Sync = old.Kind, 0, ""
	old.Kind, old.MasterOID, old.Sync = s.next.Kind, next.OID, s.next.Sync
	changed := []catalog.Node{next, old}
	for _, slave := range s.nodes.SlavesOf(s.old.OID) {
		if slave.OID != next.OID {
			slave.MasterOID = next.OID
			changed = append(changed, slave)
		}
	}
	if err := s.env.Flags.SetFlags(ctx, old.OID, false, false); err != nil {
		return err
	}
	for _, node := range changed {
		if err := s.env.Store.UpdateNode(ctx, node); err != nil {
			return err
		}
		move := `UPDATE pg_catalog.mgr_updateparm SET updateparmnodetype = $2::text::"char" WHERE updateparmnodename = $1`
		if err := s.env.Store.Exec(ctx, move, node.Name, string(node.Kind)); err != nil {
			return err
		}
	}
	return s.reread(ctx)
}

func (s *switching) reread(ctx context.Context) (err error) {
	if s.nodes, err = s.env.Store.Nodes(ctx); err == nil {
		s.old, _ = s.nodes.WithOID(s.old.OID)
		s.next, _ = s.nodes.WithOID(s.next.OID)
	}
	return err
}

// announce tells slaves, coordinators and, for a gtm, everybody who the new master is.
func (s *switching) announce(ctx context.Context) error {
	for _, slave := range s.nodes.SlavesOf(s.next.OID).Members() {
		request := agentrpc.Request{Op: agentrpc.OpRecovery, Path: slave.Path, PrimaryConninfo: conninfo(s.next, slave.Name)}
		if _, err := call(ctx, s.env, slave.Host, request); err != nil {
			s.env.warning("please rewind %s to %s by hand.", slave.Name, s.next.Name)
			continue
		}
		if err := restart(ctx, s.env, slave); err != nil {
			return err
		}
	}
	if err := setSyncNames(ctx, s.env, s.nodes, s.next, 0); err != nil {
		s.env.warning("refresh synchronous_standby_names of %s fail: %s", s.next.Name, err)
	}
	if s.next.Kind == 'g' {
		s.announceGtm(ctx)
	}
	rename := fmt.Sprintf("ALTER NODE %s WITH (NAME=%s, HOST=%s, PORT=%d)", quoteName(s.old.Name), quoteText(s.next.Name), quoteText(s.next.Host.Address), s.next.Port)
	for _, peer := range s.nodes.Members().OfKind('g', 'c') {
		if err := execOnNode(ctx, peer, rename, poolReload); err != nil {
			return Fail(codeInternal, "alter node %s on %s failed: %s", s.old.Name, peer.Name, reasonOf(err))
		}
	}
	return nil
}

// announceGtm writes the new gc's address into every member.
func (s *switching) announceGtm(ctx context.Context) {
	set := map[string]string{"agtm_host": s.next.Host.Address, "agtm_port": strconv.Itoa(s.next.Port)}
	for _, node := range s.nodes.Members() {
		if err := configure(ctx, s.env, node, set, true); err != nil {
			s.env.warning("modify agtm_host of %s \"%s\" fail: %s", describeKind(node.Kind), node.Name, err)
		}
	}
}

// revert starts an old master that was stopped for a switch that did not happen.
func (s *switching) revert(ctx context.Context, fenced bool) {
	ctx = context.WithoutCancel(ctx)
	s.env.notice("begin to revert failover")
	if fenced && s.next.Name == "" {
		_, _, _ = powerOne(ctx, s.env, s.old, grammar.Power{Start: true}, true)
		s.env.notice("revert cluster setting successfully completed")
	} else {
		s.env.warning("revert cluster setting, but some operations failed")
	}
	s.env.warning("An exception occurred during the switching operation, It is recommended to use command such as 'monitor all', 'monitor ha' to check the failure point in the cluster first, and then retry the switching operation!!!")
}
