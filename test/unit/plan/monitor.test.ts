import { describe, expect, it } from "vitest";
import type { RoleState } from "../../../hooks/model/snapshot.ts";
import { planMonitor } from "../../../hooks/plan/monitor.ts";
import { makeTopology } from "../../../hooks/desired/topology.ts";
import { definedDraft, findings, healthyDraft, tell, type Draft } from "../../support/builders/snapshot.ts";
import { topologyFile, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 2, dn: 1 });
const onNodes = "make-monitor-role cn_0";
const onManager = "make-manager-monitor-role manager";
const nodesSay = (draft: Draft, monitor: RoleState): void => tell(draft, "cn_0", { monitor });

describe("planMonitor", () => {
  it("has nothing to do where both have the role", () => {
    expect(findings(planMonitor, topology, healthyDraft(topology)).steps).toEqual([]);
  });

  it.each<[RoleState, string]>([
    ["absent", "it does not exist"],
    ["other-password", "its password is not the Secret's"],
    ["other-rights", "its rights are not those of a monitoring role"],
  ])("%s: makes it right on the nodes, and on the manager, each by itself", (state, reason) => {
    const draft = healthyDraft(topology);
    nodesSay(draft, state);
    expect(findings(planMonitor, topology, draft)).toMatchObject({ steps: [onNodes], reasons: [reason] });
    nodesSay(draft, "right");
    draft.monitor = state;
    expect(findings(planMonitor, topology, draft)).toMatchObject({ steps: [onManager], reasons: [reason] });
  });

  it("waits while a commit of a master would hang; the manager does not", () => {
    const draft = healthyDraft(topology);
    nodesSay(draft, "absent");
    draft.monitor = "absent";
    tell(draft, "dn_0", { standbys: [] });
    expect(findings(planMonitor, topology, draft).steps).toEqual([onManager]);
  });

  it("is forecast for a cluster about to be born", () => {
    expect(findings(planMonitor, topology, definedDraft(topology)).steps).toEqual([onManager, onNodes]);
  });

  it("leaves a role that is there alone when exporters are switched off", () => {
    const off = makeTopology({ ...topologyFile({ cn: 2, dn: 1 }), monitor: { enabled: false } });
    const draft = healthyDraft(off);
    nodesSay(draft, "other-password");
    expect(findings(planMonitor, off, draft).steps).toEqual([]);
  });
});
