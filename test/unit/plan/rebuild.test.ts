import { describe, expect, it } from "vitest";
import type { Action } from "../../../hooks/model/action.ts";
import type { Topology } from "../../../hooks/model/topology.ts";
import { makePlan } from "../../../hooks/plan/plan.ts";
import {
  down,
  everybody,
  failedOver,
  forget,
  lose,
  losing as topology,
} from "../../support/builders/lost-catalog.ts";
import {
  emptyDraft,
  healthyDraft,
  keepNow,
  podOf,
  rowOf,
  say,
  snapshotOf,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { unlisted } from "../../support/builders/grown.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

function rebuilt(draft: Draft, wanted: Topology = topology): Extract<Action, { kind: "rebuild-catalog" }> {
  const { stages } = makePlan(wanted, snapshotOf(wanted, draft));
  const action = stages[0]?.steps[0]?.action;
  if (action?.kind !== "rebuild-catalog") throw new Error(JSON.stringify(stages));
  return action;
}

/** `ds_0 datanode slave of dn_0 sync`, with a mark for what is no member. */
const rowsOf = (draft: Draft, wanted?: Topology): readonly string[] =>
  rebuilt(draft, wanted)
    .catalog.nodes.map(({ name, kind, master, sync, inCluster }) =>
      [name, kind, ...(master === undefined ? [] : ["of", master, sync]), ...(inCluster ? [] : ["out"])].join(
        " ",
      ),
    )
    .toSorted();

const asBorn = [
  "cn_0 coordinator master",
  "cn_1 coordinator master",
  "dn_0 datanode master",
  "ds_0 datanode slave of dn_0 sync",
  "gc_0 gtmcoord master",
  "gcs_0 gtmcoord slave of gc_0 sync",
];
const afterFailover = [
  ...asBorn.filter((row) => !/^d[ns]_0/.test(row)),
  "dn_0 datanode slave of ds_0 sync",
  "ds_0 datanode master",
].toSorted();

describe("the catalog of a manager that lost its volume", () => {
  const proved: readonly (readonly [string, () => Draft, readonly string[]])[] = [
    ["everything runs", () => healthyDraft(topology), asBorn],
    ["after a failover", () => failedOver("standby"), afterFailover],
    [
      "after a failover, the old master down and out",
      () => failedOver("down"),
      afterFailover.map((row) => (row.startsWith("dn_0") ? `${row} out` : row)),
    ],
  ];
  it.each(proved)("from what was kept and what runs: %s", (_name, draft, rows) => {
    expect(rowsOf(lose(draft()))).toEqual(rows);
  });

  it.each(proved.slice(0, 2))("from what runs alone: %s", (_name, make, rows) => {
    const draft = make();
    forget(draft);
    expect(rowsOf(lose(draft))).toEqual(rows);
  });

  it("from what was kept alone, once a volume is known to hold data", () => {
    const draft = failedOver("standby");
    down(draft, ...everybody);
    lose(draft);
    expect(makePlan(topology, snapshotOf(topology, draft)).stages.map(({ name }) => name)).toContain(
      "register hosts",
    );
    draft.sizes.set(n("cn_0"), 40_000_000);
    expect(rowsOf(draft)).toEqual(afterFailover);
  });

  it("a new cluster is made beside what was kept of one whose volumes are gone, and that is forgotten", () => {
    const draft = emptyDraft(topology);
    draft.kept = healthyDraft(topology).kept;
    const kinds = makePlan(topology, snapshotOf(topology, draft)).stages.flatMap(({ steps }) =>
      steps.map(({ action }) => action.kind),
    );
    expect(kinds).toContain("initialise");
    expect(kinds.indexOf("forget-catalog")).toBeLessThan(kinds.indexOf("initialise"));
  });

  it("what runs counts for more than what was kept", () => {
    const draft = failedOver("standby");
    draft.kept = healthyDraft(topology).kept;
    expect(rowsOf(lose(draft))).toEqual(afterFailover);
  });

  const without: readonly (readonly [string, readonly string[]])[] = [
    ["a coordinator", ["cn_1"]],
    ["the gtm's master, which the lists name", ["gc_0"]],
    ["a datanode, which the lists name", ["dn_0"]],
    ["a standby that its master waits for", ["ds_0"]],
    ["all but one coordinator", everybody.filter((name) => name !== "cn_0")],
  ];
  it.each(without)("a node that is down does not hold it up: %s", (_name, names) => {
    const draft = healthyDraft(topology);
    down(draft, ...names);
    expect(rowsOf(lose(draft))).toEqual(asBorn);
  });

  it("a standby nobody knows of is not put back, nor taken for a second master", () => {
    const draft = failedOver("down");
    forget(draft);
    expect(rowsOf(lose(draft))).toEqual(
      [
        ...afterFailover.filter((row) => !row.startsWith("dn_0")),
        "dn_0 datanode slave of ds_0  out",
      ].toSorted(),
    );
  });

  it("an asynchronous standby stays one, as its master has it", () => {
    const draft = healthyDraft(topology);
    const setting = { type: "string", value: "", context: "sighup", pendingRestart: false } as const;
    tell(draft, "dn_0", { settings: new Map([["synchronous_standby_names", setting]]) });
    expect(rowsOf(lose(draft))).toContain("ds_0 datanode slave of dn_0 async");
  });

  it("hosts are where the pods are now; one that is away gets an address nobody can have", () => {
    const draft = healthyDraft(topology);
    podOf(draft, "ds-0").ip = undefined as never;
    say(draft, "ds_0", { state: "not-looked-at", reason: "no address" });
    podOf(draft, "cn-0").ip = "10.250.0.1";
    const hosts = new Map(rebuilt(lose(draft)).catalog.hosts.map(({ name, address }) => [name, address]));
    expect(hosts.get("cn_0")).toBe("10.250.0.1");
    expect(hosts.get("ds_0")).toMatch(/^127\.255\.255\./);
    expect(new Set(hosts.values()).size).toBe(hosts.size);
  });

  it("parameters, notes and departures come back as they were kept", () => {
    const draft = healthyDraft(topology);
    draft.departures = [{ node: n("cn_2"), kind: "coordinator master", bytes: 7 }];
    keepNow(draft);
    const { parameters, notes, departures } = draft;
    const { catalog } = rebuilt(lose(draft));
    expect(catalog.parameters).toHaveLength(parameters.length);
    expect(catalog.parameterNotes).toHaveLength(notes.length);
    expect(catalog.departures).toEqual(departures);
  });

  it("a node on its way out, and one of somebody's own, are put back too", () => {
    const more = topologyOf({ cn: 3, dn: 1 });
    const draft = healthyDraft(more);
    draft.hosts.push({ name: "mine", address: "192.0.2.7", agentPort: 8432 });
    draft.rows.push({ ...rowOf(draft, "ds_0"), name: n("mine"), host: "mine", sync: "async" });
    keepNow(draft);
    const { catalog } = rebuilt(lose(draft));
    expect(catalog.nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(["cn_2", "mine"]));
    expect(catalog.hosts.find(({ name }) => name === "mine")?.address).toBe("192.0.2.7");
  });

  it("a pair that was taken off the lists after it was kept is no member any more, or nothing would ever end its leaving", () => {
    const before = topologyOf({ cn: 2, dn: 2 });
    const draft = healthyDraft(before);
    keepNow(draft);
    unlisted(draft, "dn_1");
    for (const name of ["dn_1", "ds_1"]) say(draft, name, { state: "not-looked-at", reason: "no pod" });
    const pair = ["dn_1 datanode master out", "ds_1 datanode slave of dn_1 sync out"];
    expect(rowsOf(lose(draft))).toEqual([...asBorn, ...pair].toSorted());
  });

  it("nothing else is planned beside it, and no pod loses its label", () => {
    const draft = lose(healthyDraft(topology));
    draft.monitor = "right";
    const { stages, leftAlone } = makePlan(topology, snapshotOf(topology, draft));
    expect(stages.map(({ name }) => name)).toEqual(["rebuild the manager's catalog"]);
    expect(leftAlone).toEqual([]);
  });
});
