import { describe, expect, it } from "vitest";
import { planParameters } from "../../../hooks/plan/parameters.ts";
import { definedDraft, findings, healthyDraft } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf();
const hints = (kind: string, value = "on", node = "*") => ({ node, kind, key: "wal_log_hints", value });

describe("planParameters", () => {
  it.each([
    ["none set", [], ["gtmcoord", "datanode"]],
    ["both set", [hints("G"), hints("D")], []],
    ["one set", [hints("G")], ["datanode"]],
    ["set to another value", [hints("G", "off"), hints("D")], ["gtmcoord"]],
    ["set for one node alone", [hints("G"), hints("d", "on", "dn_0")], ["datanode"]],
  ] as const)("%s", (_name, parameters, targets) => {
    const draft = definedDraft(topology);
    draft.parameters = [...parameters];
    expect(findings(planParameters, topology, draft).steps).toEqual(
      targets.map((target) => `set-parameter ${target} key=wal_log_hints value=on`),
    );
  });

  it("changes nothing in a cluster that lives: it would take restarts", () => {
    const draft = healthyDraft(topology);
    draft.parameters = [];
    expect(findings(planParameters, topology, draft).steps).toEqual([]);
  });
});
