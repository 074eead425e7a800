import { describe, expect, it } from "vitest";
import type { PodTrouble } from "../../../hooks/model/snapshot.ts";
import { planBeside } from "../../../hooks/plan/beside.ts";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { findings, healthyDraft, podOf, snapshotOf, type Draft } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 2, dn: 1 });
const stuck = (container: string): PodTrouble => ({
  kind: "image",
  container,
  words: `container ${container}: its image can't be pulled: not found`,
});
const draftWith = (pods: Readonly<Record<string, string>>): Draft => {
  const draft = healthyDraft(topology);
  for (const [pod, container] of Object.entries(pods))
    Object.assign(podOf(draft, pod), { beside: stuck(container) });
  return draft;
};

describe("planBeside", () => {
  it("says nothing where everything runs", () => {
    expect(findings(planBeside, topology, healthyDraft(topology)).leftAlone).toEqual([]);
  });

  it("tells once which exporter stands still, where, what it means, and the way out", () => {
    const draft = draftWith({ "cn-0": "postgres-exporter", "dn-0": "postgres-exporter" });
    expect(findings(planBeside, topology, draft)).toEqual({
      steps: [],
      reasons: [],
      leftAlone: [
        {
          object: "container postgres-exporter",
          reason:
            "on antdb-cn-0, antdb-dn-0: its image can't be pulled: not found. The database works, but Kubernetes leads no client to a pod with a container that does not run",
          remedy:
            "correct exporters.postgres.image and its flags, or switch it off with exporters.postgres.enabled=false",
          blocks: false,
        },
      ],
    });
  });

  it("knows of a container of the user's own only where to look", () => {
    const { leftAlone } = findings(planBeside, topology, draftWith({ "cn-0": "audit" }));
    expect(leftAlone).toMatchObject([
      { object: "container audit", remedy: expect.stringMatching(/^kubectl/) as string },
    ]);
  });

  it("holds nothing up: the plan of a healthy cluster stays empty", () => {
    const draft = draftWith({ "cn-0": "node-exporter" });
    expect(makePlan(topology, snapshotOf(topology, draft)).stages).toEqual([]);
  });
});
