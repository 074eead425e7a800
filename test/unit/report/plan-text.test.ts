import { describe, expect, it } from "vitest";
import type { Action } from "../../../hooks/model/action.ts";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { renderPlan } from "../../../hooks/report/plan-text.ts";
import { definedDraft, healthyDraft, podOf, snapshotOf } from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const one = (action: Action): string =>
  renderPlan({
    stages: [{ name: "stage", steps: [{ action, reason: "why", disturbance: "none" }] }],
    leftAlone: [],
  });

const actions: readonly (readonly [Action, string])[] = [
  [{ kind: "add-host", target: n("dn_0"), address: "10.0.0.1" }, "add-host dn_0 at 10.0.0.1"],
  [
    { kind: "alter-host", target: n("dn_0"), from: "10.0.0.1", address: "10.0.0.2" },
    "alter-host dn_0 10.0.0.1 -> 10.0.0.2",
  ],
  [
    { kind: "add-node", target: n("ds_0"), as: "datanode slave", follows: n("dn_0"), port: 5433, path: "/d" },
    "add-node ds_0 as datanode slave of dn_0, port 5433",
  ],
  [
    { kind: "add-node", target: n("cn_0"), as: "coordinator master", port: 5432, path: "/d" },
    "add-node cn_0 as coordinator master, port 5432",
  ],
  [
    { kind: "set-parameters", target: "datanode", settings: { wal_log_hints: "on", work_mem: "64MB" } },
    "set-parameters datanode wal_log_hints=on work_mem=64MB",
  ],
  [
    { kind: "reset-parameters", target: "datanode", keys: ["work_mem", "log_statement"] },
    "reset-parameters datanode work_mem log_statement",
  ],
  [{ kind: "initialise", target: "cluster", recover: false }, "initialise cluster\n"],
  [
    { kind: "initialise", target: "cluster", recover: true },
    "initialise cluster (after cleaning up a try that was cut off)",
  ],
  [
    { kind: "repoint-gtm", target: n("dn_0"), host: "10.0.0.1", port: 6655 },
    "repoint-gtm dn_0 to 10.0.0.1:6655",
  ],
  [
    { kind: "make-synchronous", target: n("ds_0"), as: "datanode slave", master: n("dn_0") },
    "make-synchronous ds_0 for dn_0\n",
  ],
  [
    {
      kind: "repoint-standby",
      target: n("ds_0"),
      as: "datanode slave",
      master: n("dn_0"),
      host: "10.0.0.1",
      port: 5433,
    },
    "repoint-standby ds_0 to dn_0 at 10.0.0.1:5433",
  ],
  [
    {
      kind: "repoint-catalog",
      target: n("cn_0"),
      rows: [
        { name: n("dn_0"), host: "10.0.0.1", port: 1 },
        { name: n("dn_1"), host: "10.0.0.2", port: 1 },
      ],
    },
    "repoint-catalog cn_0 dn_0=10.0.0.1 dn_1=10.0.0.2",
  ],
  [
    { kind: "wait", target: "pod antdb-dn-0", for: "its agent to answer" },
    "wait pod antdb-dn-0 for its agent to answer",
  ],
  [{ kind: "seal-initialisation", target: "cluster" }, "seal-initialisation cluster\n"],
];

describe("renderPlan", () => {
  it.each(actions)("%o", (action, text) => {
    expect(one(action)).toContain(`1. stage\n   ${text}`);
    expect(one(action)).toContain("because why; disturbs: none");
  });

  it("says so when there is nothing to do", () => {
    expect(renderPlan({ stages: [], leftAlone: [] })).toBe(
      "Nothing to do: the cluster is as the values ask.\n",
    );
  });

  it("numbers the stages, and never claims there is nothing to do beside something left alone", () => {
    const alone = { object: "dn_0", reason: "its volume is empty", blocks: true };
    const text = renderPlan({
      stages: [],
      leftAlone: [alone, { ...alone, object: "ds_0", remedy: "rebuild it" }],
    });
    expect(text).toBe(
      "Left alone:\n   dn_0: its volume is empty\n   ds_0: its volume is empty\n      rebuild it\n",
    );
  });

  it("shows no password and no verifier, whatever the plan", () => {
    const topology = topologyOf();
    const moved = healthyDraft(topology);
    podOf(moved, "gc-0").ip = "10.244.9.9";
    for (const draft of [definedDraft(topology), moved])
      expect(renderPlan(makePlan(topology, snapshotOf(topology, draft)))).not.toMatch(/SCRAM|password=/i);
  });
});
