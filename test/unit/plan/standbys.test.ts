import { describe, expect, it } from "vitest";
import { planStandbys } from "../../../hooks/plan/standbys.ts";
import {
  findings,
  healthyDraft,
  podOf,
  rowOf,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });
const repoint = (host: string) => [
  `repoint-standby ds_0 as=datanode slave master=dn_0 host=${host} port=5433`,
];
const wait = ["wait ds_0 for=it to stream from dn_0"];
const streaming = (state: string) => ({
  standbys: [{ name: "ds_0", address: "10.244.1.6", state, sync: "sync" }],
});

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["it streams", () => undefined, []],
  ["its master moved", (draft) => (podOf(draft, "dn-0").ip = "10.244.9.9"), repoint("10.244.9.9")],
  [
    "it follows another port",
    (draft) => tell(draft, "ds_0", { primary: { host: "10.244.1.5", port: 15432 } }),
    repoint("10.244.1.5"),
  ],
  [
    "it was pointed anew, but not restarted: the run that did it was cut off",
    (draft) => {
      tell(draft, "ds_0", { primaryPending: true });
      tell(draft, "dn_0", { standbys: [] });
    },
    repoint("10.244.1.5"),
  ],
  ["its master does not list it", (draft) => tell(draft, "dn_0", { standbys: [] }), wait],
  ["it catches up", (draft) => tell(draft, "dn_0", streaming("catchup")), wait],
  [
    "somebody else streams under another name",
    (draft) =>
      tell(draft, "dn_0", { standbys: [{ name: "backup", address: "", state: "streaming", sync: "async" }] }),
    wait,
  ],
  ["its master's pod is away: nowhere to point", (draft) => delete podOf(draft, "dn-0").ip, []],
  [
    "its master does not run: nobody to ask",
    (draft) => say(draft, "dn_0", { state: "down", detail: "" }),
    [],
  ],
  ["it does not run itself", (draft) => say(draft, "ds_0", { state: "down", detail: "" }), []],
  ["it is no member", (draft) => (rowOf(draft, "ds_0").inCluster = false), []],
];

describe("planStandbys", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(findings(planStandbys, topology, draft).steps).toEqual(steps);
  });

  it("follows mastership as it is observed: after a failover dn_0 follows ds_0", () => {
    const draft = healthyDraft(topology);
    Object.assign(rowOf(draft, "dn_0"), { kind: "datanode slave", master: n("ds_0") });
    Object.assign(rowOf(draft, "ds_0"), { kind: "datanode master", master: undefined });
    tell(draft, "dn_0", { primary: { host: "10.244.7.7", port: 5433 } });
    expect(findings(planStandbys, topology, draft).steps).toEqual([
      "repoint-standby dn_0 as=datanode slave master=ds_0 host=10.244.1.6 port=5433",
    ]);
  });
});
