import { describe, expect, it } from "vitest";
import { planNodes } from "../../../hooks/plan/nodes.ts";
import { emptyDraft, findings, healthyDraft, podOf, rowOf } from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });

describe("planNodes", () => {
  it("says nothing of a cluster as the values ask", () => {
    expect(findings(planNodes, topology, healthyDraft(topology))).toMatchObject({ steps: [], leftAlone: [] });
  });

  it("defines every node, masters before those that follow them", () => {
    expect(findings(planNodes, topology, emptyDraft(topology)).steps).toEqual([
      "add-node gc_0 as=gtmcoord master port=6655 path=/var/lib/antdb/data",
      "add-node gcs_0 as=gtmcoord slave port=6655 path=/var/lib/antdb/data follows=gc_0",
      "add-node cn_0 as=coordinator master port=5432 path=/var/lib/antdb/data",
      "add-node dn_0 as=datanode master port=5433 path=/var/lib/antdb/data",
      "add-node ds_0 as=datanode slave port=5433 path=/var/lib/antdb/data follows=dn_0",
    ]);
  });

  it("waits with a node whose pod has no address: its host can't be registered", () => {
    const draft = emptyDraft(topology);
    delete podOf(draft, "cn-0").ip;
    expect(findings(planNodes, topology, draft).steps.join()).not.toContain("cn_0");
  });

  it("waits with a standby whose master can't be defined yet", () => {
    const draft = emptyDraft(topology);
    delete podOf(draft, "dn-0").ip;
    expect(findings(planNodes, topology, draft).steps.join()).not.toMatch(/d[ns]_0/);
  });

  it("lets a new standby follow the master of today, which after a failover is another", () => {
    const larger = topologyOf({ gcs: 2, cn: 1, dn: 1 });
    const draft = healthyDraft(larger);
    Object.assign(rowOf(draft, "gc_0"), { kind: "gtmcoord slave", master: n("gcs_0") });
    Object.assign(rowOf(draft, "gcs_0"), { kind: "gtmcoord master", master: undefined });
    draft.rows = draft.rows.filter(({ name }) => name !== "gcs_1");
    expect(findings(planNodes, larger, draft).steps).toEqual([
      "add-node gcs_1 as=gtmcoord slave port=6655 path=/var/lib/antdb/data follows=gcs_0",
    ]);
  });

  it("names what is defined otherwise than the values say, and blocks", () => {
    const draft = healthyDraft(topology);
    Object.assign(rowOf(draft, "dn_0"), { port: 15432, path: "/data", host: "elsewhere" });
    expect(findings(planNodes, topology, draft).leftAlone).toEqual([
      {
        object: "dn_0",
        reason:
          "the manager defines it with host elsewhere instead of dn_0, port 15432 instead of 5433, directory /data instead of /var/lib/antdb/data",
        remedy: "ports and directories are fixed once a cluster is initialised: put the old values back",
        blocks: true,
      },
    ]);
  });

  it("leaves a node that somebody else added alone", () => {
    const draft = healthyDraft(topology);
    draft.rows.push({ ...rowOf(draft, "cn_0"), name: n("reporting"), host: "reporting" });
    const { steps, leftAlone } = findings(planNodes, topology, draft);
    expect(steps).toEqual([]);
    expect(leftAlone).toMatchObject([{ object: "reporting", blocks: false }]);
  });
});
