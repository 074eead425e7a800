import { describe, expect, it } from "vitest";
import { planPods } from "../../../hooks/plan/pods.ts";
import { emptyDraft, podOf, short, snapshotOf, type Draft } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });
const waits = (pod: string, awaited: string, reason: string) => [
  [`wait pod antdb-${pod} for=${awaited}`, reason],
];
const agent = "its agent to answer";

const cases: readonly (readonly [string, (draft: Draft) => void, readonly (readonly string[])[]])[] = [
  ["all ready", () => undefined, []],
  [
    "not there",
    (draft) => draft.pods.delete("antdb-dn-0"),
    waits("dn-0", agent, "the pod does not exist yet"),
  ],
  ["ending", (draft) => (podOf(draft, "dn-0").terminating = true), waits("dn-0", agent, "the pod is ending")],
  [
    "not placed: Kubernetes' own words",
    (draft) =>
      Object.assign(podOf(draft, "dn-0"), {
        ready: false,
        ip: undefined,
        trouble: { kind: "unplaced", words: "0/3 nodes are available" },
      }),
    waits("dn-0", agent, "0/3 nodes are available"),
  ],
  [
    "starting",
    (draft) => (podOf(draft, "dn-0").ready = false),
    waits("dn-0", agent, "the pod is starting, its agent does not answer yet"),
  ],
  [
    "mgr starting",
    (draft) => (podOf(draft, "mgr-0").ready = false),
    waits("mgr-0", "the manager to answer", "the pod is starting, the manager does not answer yet"),
  ],
];

describe("planPods", () => {
  it.each(cases)("%s", (_name, change, expected) => {
    const draft = emptyDraft(topology);
    change(draft);
    const steps = planPods(topology, snapshotOf(topology, draft));
    expect(steps.map((step) => [short(step), step.reason])).toEqual(expected);
  });

  it("names what is stuck before what is merely slow, with what to do about it", () => {
    const draft = emptyDraft(topology);
    podOf(draft, "gc-0").ready = false;
    const words = "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.";
    Object.assign(podOf(draft, "ds-0"), { ready: false, trouble: { kind: "unplaced", words } });
    const said = planPods(topology, snapshotOf(topology, draft)).map(({ action, remedy }) => [
      action.target,
      remedy,
    ]);
    expect(said).toEqual([
      ["pod antdb-ds-0", expect.stringContaining("pairing.type=preferred")],
      ["pod antdb-gc-0", "kubectl -n antdb describe pod antdb-gc-0 tells what it waits for"],
    ]);
  });

  it("does not wait for pods that are nobody's", () => {
    const draft = emptyDraft(topology);
    draft.pods.set("antdb-cn-9", {
      name: "antdb-cn-9",
      role: "cn",
      uid: "",
      ready: false,
      terminating: false,
    });
    expect(planPods(topology, snapshotOf(topology, draft))).toEqual([]);
  });
});
