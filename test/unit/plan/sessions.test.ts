import { describe, expect, it } from "vitest";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { grown, grownTopology } from "../../support/builders/grown.ts";
import {
  healthyDraft,
  keepNow,
  podOf,
  rowOf,
  snapshotOf,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const stepsOf = (draft: Draft, topology = grownTopology) =>
  makePlan(topology, snapshotOf(topology, draft)).stages.flatMap(({ steps }) => steps);

describe("sessions beside a step", () => {
  it("are those of all coordinators where DDL is refused to everybody", () => {
    const draft = grown();
    tell(draft, "cn_0", { sessions: 17 });
    const step = stepsOf(draft).find(({ action }) => action.kind === "append-node");
    expect(step).toMatchObject({
      sessions: 17,
      disturbance: expect.stringContaining("DDL is refused") as string,
    });
  });

  it("are those of the node that is restarted or told", () => {
    const topology = topologyOf();
    const draft = healthyDraft(topology);
    podOf(draft, "dn-1").ip = "10.244.9.9";
    for (const name of ["cn_0", "cn_1", "ds_1"])
      tell(draft, name, { sessions: name.length + name.charCodeAt(3) });
    const found = stepsOf(draft, topology).flatMap(({ action, sessions }) =>
      sessions === undefined ? [] : [[action.kind, action.target, sessions]],
    );
    expect(found).toEqual([
      ["repoint-standby", "ds_1", 53],
      ["repoint-catalog", "cn_0", 52],
      ["repoint-catalog", "cn_1", 53],
    ]);
  });

  it("are those of the master whose commits wait from then on", () => {
    const topology = topologyOf();
    const draft = healthyDraft(topology);
    rowOf(draft, "ds_1").sync = "async";
    tell(draft, "dn_1", { sessions: 7 });
    keepNow(draft);
    expect(stepsOf(draft, topology)).toMatchObject([
      { action: { kind: "make-synchronous", target: "ds_1" }, sessions: 7 },
    ]);
  });

  it("are not spoken of where nobody counted", () => {
    expect(stepsOf(grown()).filter(({ sessions }) => sessions !== undefined)).toEqual([]);
  });
});
