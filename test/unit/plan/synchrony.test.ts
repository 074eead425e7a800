import { describe, expect, it } from "vitest";
import type { StreamingStandby } from "../../../hooks/model/snapshot.ts";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { stageOf } from "../../../hooks/plan/stages.ts";
import { planSynchrony } from "../../../hooks/plan/synchrony.ts";
import {
  findings,
  healthyDraft,
  rowOf,
  say,
  snapshotOf,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ gcs: 2, cn: 1, dn: 1 });
const seen = (name: string, change: Partial<StreamingStandby> = {}): StreamingStandby => ({
  name,
  address: "10.244.1.6",
  state: "streaming",
  sync: "sync",
  ...change,
});
const listed = (draft: Draft, master: string, ...standbys: StreamingStandby[]): void =>
  tell(draft, master, { standbys });
/** As REMOVE leaves it: the row says async, and the master does not wait for it. */
function outside(draft: Draft, standby = "ds_0", sync = "async"): void {
  rowOf(draft, standby).sync = sync;
  listed(draft, "dn_0", seen("ds_0", { sync: "async" }));
}

const ds = ["make-synchronous ds_0 as=datanode slave master=dn_0"];
const gcs = (ordinal: number) => [`make-synchronous gcs_${ordinal} as=gtmcoord slave master=gc_0`];

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["its master waits for it", () => undefined, []],
  ["it streams outside", (draft) => outside(draft), ds],
  ["its row says nothing, as after a rebuilt catalog", (draft) => outside(draft, "ds_0", ""), ds],
  ["a lone standby is potential", (draft) => (rowOf(draft, "ds_0").sync = "potential"), ds],
  [
    "the manager says sync, its master does not wait",
    (draft) => listed(draft, "dn_0", seen("ds_0", { sync: "async" })),
    ds,
  ],
  ["its master waits, the manager says async", (draft) => (rowOf(draft, "ds_0").sync = "async"), ds],
  [
    "it has not told yet how far it is: its master can't be waiting for it",
    (draft) => listed(draft, "dn_0", seen("ds_0", { sync: "" })),
    [],
  ],
  [
    "its master waits for any of several",
    (draft) => listed(draft, "dn_0", seen("ds_0", { sync: "quorum" })),
    [],
  ],
  [
    "it still catches up: commits would wait for all it lacks",
    (draft) => {
      outside(draft);
      listed(draft, "dn_0", seen("ds_0", { state: "catchup", sync: "async" }));
    },
    [],
  ],
  [
    "it does not stream",
    (draft) => {
      outside(draft);
      listed(draft, "dn_0");
    },
    [],
  ],
  [
    "its connection of before is still there: the manager wants exactly one",
    (draft) => {
      outside(draft);
      listed(draft, "dn_0", seen("ds_0", { sync: "async" }), seen("ds_0", { sync: "async" }));
    },
    [],
  ],
  [
    "it is no member",
    (draft) => {
      outside(draft);
      rowOf(draft, "ds_0").inCluster = false;
    },
    [],
  ],
  [
    "its master does not run",
    (draft) => {
      outside(draft);
      say(draft, "dn_0", { state: "down", detail: "" });
    },
    [],
  ],
  [
    "its master waits for its gtm, and would not answer the manager",
    (draft) => {
      outside(draft);
      tell(draft, "dn_0", { waitsForGtm: true });
    },
    [],
  ],
  ["one of two is enough", (draft) => (rowOf(draft, "gcs_1").sync = "async"), []],
  [
    "of two that are outside the first that streams",
    (draft) => {
      for (const name of ["gcs_0", "gcs_1"]) rowOf(draft, name).sync = "async";
      listed(draft, "gc_0", seen("gcs_1", { sync: "async" }));
    },
    gcs(1),
  ],
  [
    "another's standby of a name that is none of the chart's is waited for",
    (draft) => {
      outside(draft);
      draft.rows.push({ ...rowOf(draft, "ds_0"), name: n("report"), host: "report", sync: "sync" });
    },
    [],
  ],
];

describe("planSynchrony", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(findings(planSynchrony, topology, draft)).toMatchObject({ steps, leftAlone: [] });
  });

  it.each<readonly [string, (draft: Draft) => void, RegExp]>([
    [
      "what it may cost",
      (draft) => outside(draft),
      /^it streams, and dn_0 commits without waiting for it .* lost with dn_0; the values know no asynchronous standby$/,
    ],
    [
      "who says so when the manager does not",
      (draft) => listed(draft, "dn_0", seen("ds_0", { sync: "async" })),
      /though the manager says sync/,
    ],
    [
      "what it is when only the manager says so",
      (draft) => (rowOf(draft, "ds_0").sync = "async"),
      /^dn_0 waits for it, and the manager, which has it as sync_state async, would refuse to fail over to it$/,
    ],
  ])("says %s", (_name, change, reason) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(findings(planSynchrony, topology, draft).reasons).toEqual([expect.stringMatching(reason)]);
  });

  it("says that commits wait from then on, and on the gtm everybody's", () => {
    const draft = healthyDraft(topology);
    outside(draft);
    for (const name of ["gcs_0", "gcs_1"]) rowOf(draft, name).sync = "async";
    const steps = makePlan(topology, snapshotOf(topology, draft)).stages.flatMap((stage) => stage.steps);
    expect(
      steps
        .filter(({ action }) => action.kind === "make-synchronous")
        .map(({ disturbance }) => disturbance)
        .toSorted(),
    ).toEqual([
      "from now on commits on dn_0 wait for it, and hang while it is away",
      "from now on every commit of the cluster waits for it, and hangs while it is away",
    ]);
  });

  it("comes when standbys follow the right address, and before anything is taken out, restarted or added", () => {
    const own = stageOf("make-synchronous");
    for (const before of ["alter-host", "start-node", "repoint-standby", "repoint-catalog"] as const)
      expect(stageOf(before)).toBeLessThan(own);
    for (const after of ["remove-node", "restart-node", "append-node", "append-standby"] as const)
      expect(stageOf(after)).toBeGreaterThan(own);
  });

  it("keeps no other work waiting where it can't be done yet", () => {
    const draft = healthyDraft(topology);
    rowOf(draft, "ds_0").sync = "async";
    say(draft, "dn_0", { state: "unreachable", detail: "" });
    const { leftAlone } = makePlan(topology, snapshotOf(topology, draft));
    expect(leftAlone).toEqual([]);
  });
});
