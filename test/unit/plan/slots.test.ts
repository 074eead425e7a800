import { describe, expect, it } from "vitest";
import { planSlots } from "../../../hooks/plan/slots.ts";
import { findings, healthyDraft, tell } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 2 });

describe("planSlots", () => {
  it("drops the slot of a standby that neither the values nor the manager know any more", () => {
    const draft = healthyDraft(topology);
    tell(draft, "dn_0", { idleSlots: ["ds_7"] });
    expect(findings(planSlots, topology, draft).steps).toEqual(["drop-slot dn_0 slot=ds_7"]);
  });

  it.each([
    ["its own standby's, which is away at the moment", "ds_0"],
    ["one of somebody else's choosing", "backup"],
    ["one that only looks like a node of ours", "cn_7"],
  ])("keeps %s", (_name, slot) => {
    const draft = healthyDraft(topology);
    tell(draft, "dn_0", { idleSlots: [slot] });
    expect(findings(planSlots, topology, draft).steps).toEqual([]);
  });

  it("touches none on a standby", () => {
    const draft = healthyDraft(topology);
    tell(draft, "ds_0", { idleSlots: ["ds_7"] });
    expect(findings(planSlots, topology, draft).steps).toEqual([]);
  });
});
