import { describe, expect, it } from "vitest";
import type { Action } from "../../../hooks/model/action.ts";
import { Failure, type FailureClass } from "../../../hooks/model/failure.ts";
import type { Outcome, RunResult } from "../../../hooks/model/outcome.ts";
import type { PassRecord } from "../../../hooks/model/pass.ts";
import { renderMetrics } from "../../../hooks/report/metrics.ts";
import { bounded, tellingsOf } from "../../../hooks/report/pass.ts";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { healthyDraft, say, snapshotOf } from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const did = (action: Action): Outcome => ({
  step: { action, reason: "r", disturbance: "none" },
  durationMs: 1,
});
const start = (name: string): Outcome => did({ kind: "start-node", target: n(name), as: "datanode master" });
const label = did({ kind: "label-pod", target: n("dn_0"), pod: "antdb-dn-0", uid: "u", state: "master" });
const because = (kind: FailureClass): Failure =>
  new Failure({ class: kind, code: "x", what: "went wrong", object: "ds_1", remedy: "decide" });
const ended = (result: RunResult): PassRecord => ({ result, durationMs: 1234, endedMs: 0 });

describe("what people are told of a pass", () => {
  it.each<[string, RunResult, boolean, object[]]>([
    ["nothing done", { end: "converged", done: [] }, true, []],
    ["labels alone", { end: "converged", done: [label] }, true, []],
    [
      "one node",
      { end: "converged", done: [start("dn_0"), label] },
      false,
      [{ type: "Normal", reason: "Healed", message: "start-node dn_0", about: "dn_0" }],
    ],
    [
      "one node, and what follows from it on others",
      {
        end: "converged",
        done: [start("dn_0"), did({ kind: "write-hba", target: n("cn_0"), lines: [] })],
      },
      false,
      [{ message: "start-node dn_0, write-hba cn_0", about: "dn_0" }],
    ],
    [
      "several",
      { end: "converged", done: [start("dn_0"), start("dn_1")] },
      false,
      [{ reason: "Healed", message: "start-node dn_0, start-node dn_1", about: undefined }],
    ],
    [
      "a refusal",
      { end: "refused", done: [], failure: because("terminal") },
      true,
      [{ type: "Warning", reason: "Refused", message: "ds_1: went wrong. Next: decide", about: "ds_1" }],
    ],
    ["the same refusal", { end: "refused", done: [], failure: because("terminal") }, false, []],
    ["a failure", { end: "failed", done: [], failure: because("retry") }, true, [{ reason: "Failed" }]],
    ["a wait is no news", { end: "waiting", done: [], failure: because("wait") }, true, []],
    ["a lease held by a hook is none", { end: "deadline", done: [], failure: because("wait") }, true, []],
  ])("%s", (_, result, changed, expected) => {
    const tellings = tellingsOf(ended(result), changed);
    expect(tellings).toHaveLength(expected.length);
    expect(tellings).toMatchObject(expected);
  });

  it("never takes more than the API does, and cuts no character in two", () => {
    for (const text of ["x".repeat(2000), "é".repeat(800), "文".repeat(700)]) {
      const cut = bounded(text);
      expect(new TextEncoder().encode(cut).length).toBeLessThanOrEqual(1024);
      expect(cut).toMatch(/^(x|é|文)+…$/);
    }
    expect(bounded("short")).toBe("short");
  });
});

describe("metrics", () => {
  const topology = topologyOf({ cn: 1, dn: 1 });

  it("say how passes ended, and no more, before the first", () => {
    expect(renderMetrics({}, undefined).match(/^antdb_\w+/gm)).toEqual(Array(5).fill("antdb_pass_total"));
  });

  it("name every node, its state and whether it answers", () => {
    const draft = healthyDraft(topology);
    say(draft, "ds_0", { state: "down", detail: "refused" });
    const snapshot = snapshotOf(topology, draft);
    const seen = { snapshot, plan: makePlan(topology, snapshot) };
    const record = { ...ended({ end: "waiting", done: [], failure: because("wait") }), topology, seen };
    const text = renderMetrics({ waiting: 3 }, record);
    expect(text).toContain('antdb_pass_total{end="waiting"} 3\n');
    expect(text).toContain("antdb_pass_duration_seconds 1.234\n");
    expect(text).toContain('antdb_node_up{node="dn_0",state="master"} 1\n');
    expect(text).toContain('antdb_node_up{node="ds_0",state="slave"} 0\n');
    expect(text).toMatch(/^antdb_drift_actions [1-9]/m);
    expect(
      text.split("\n").filter((line) => line !== "" && !/^(# (HELP|TYPE) )?antdb_\w+/.test(line)),
    ).toEqual([]);
  });
});
