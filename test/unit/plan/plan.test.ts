import { describe, expect, it } from "vitest";
import { Failure, type FailureClass } from "../../../hooks/model/failure.ts";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { stageOf, stages } from "../../../hooks/plan/stages.ts";
import {
  definedDraft,
  emptyDraft,
  healthyDraft,
  podOf,
  rowOf,
  short,
  snapshotOf,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });
const planOf = (draft: Draft) => makePlan(topology, snapshotOf(topology, draft));
const namesOf = (draft: Draft) => planOf(draft).stages.map(({ name }) => name);

describe("makePlan", () => {
  it("is empty for a cluster as the values ask", () => {
    expect(planOf(healthyDraft(topology))).toEqual({ stages: [], leftAlone: [] });
  });

  it("tells a newborn cluster's whole way, in the order it is gone", () => {
    expect(namesOf(emptyDraft(topology))).toEqual([
      "register hosts",
      "define nodes",
      "set parameters",
      "initialise the cluster",
      "let the program in",
      "authentication and gtm address",
      "client role",
      "client database",
      "seal the initialisation",
      "monitoring role",
    ]);
  });

  it("corrects addresses before anything makes the manager connect", () => {
    const draft = healthyDraft(topology);
    podOf(draft, "gc-0").ip = "10.244.9.9";
    expect(namesOf(draft).filter((name) => name !== "state labels")).toEqual([
      "correct host addresses",
      "authentication and gtm address",
      "point standbys at their masters",
      "correct node catalogs",
    ]);
  });

  it("begins nothing beside a command that still runs", () => {
    const draft = definedDraft(topology);
    draft.busy = true;
    const { stages: planned, leftAlone } = planOf(draft);
    expect(planned.flatMap(({ steps }) => steps.map(short))).toEqual([
      "wait manager for=a former command to end",
    ]);
    expect(leftAlone).toEqual([]);
  });

  it("sorts what is left alone by object", () => {
    const draft = healthyDraft(topology);
    for (const name of ["report_b", "report_a"])
      draft.rows.push({ ...rowOf(draft, "cn_0"), name: n(name), host: name });
    expect(planOf(draft).leftAlone.map(({ object }) => object)).toEqual(["report_a", "report_b"]);
  });
});

describe("makePlan without a manager", () => {
  const trouble = (kind: FailureClass, remedy?: string): Failure =>
    new Failure({
      class: kind,
      code: "x",
      what: "password authentication failed",
      object: "manager",
      ...(remedy === undefined ? {} : { remedy }),
    });
  const withoutManager = (draft: Draft, managerTrouble?: Failure) => {
    const { engine, pods, nodes } = snapshotOf(topology, draft);
    return makePlan(topology, {
      engine,
      pods,
      nodes,
      placed: new Map(),
      held: [],
      kept: { state: "empty" } as const,
      ...(managerTrouble === undefined ? {} : { managerTrouble }),
    });
  };

  it("waits for it and says why", () => {
    const plan = withoutManager(emptyDraft(topology), trouble("wait"));
    expect(plan.stages.flatMap(({ steps }) => steps.map((step) => [short(step), step.reason]))).toEqual([
      ["wait pod antdb-mgr-0 for=the manager to answer", "password authentication failed"],
    ]);
  });

  it("names mgr's pod once, with Kubernetes' reason, beside the others that are not there", () => {
    const draft = emptyDraft(topology);
    draft.pods.delete("antdb-mgr-0");
    draft.pods.delete("antdb-dn-0");
    const plan = withoutManager(draft, trouble("wait"));
    expect(plan.stages.flatMap(({ steps }) => steps.map(short))).toEqual([
      "wait pod antdb-mgr-0 for=the manager to answer",
      "wait pod antdb-dn-0 for=its agent to answer",
    ]);
  });

  it("refuses what no wait can cure", () => {
    expect(withoutManager(emptyDraft(topology), trouble("terminal", "give the right password"))).toEqual({
      stages: [],
      leftAlone: [
        {
          object: "manager",
          reason: "password authentication failed",
          remedy: "give the right password",
          blocks: true,
        },
      ],
    });
  });
});

describe("stages", () => {
  it("have every kind of action in exactly one place", () => {
    const kinds = stages.flatMap((stage) => stage.kinds);
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const kind of kinds) expect(stages[stageOf(kind)]?.kinds).toContain(kind);
    expect(new Set(stages.map(({ name }) => name)).size).toBe(stages.length);
  });

  it("wait last", () => {
    expect(stages.at(-1)?.kinds).toEqual(["wait"]);
  });
});
