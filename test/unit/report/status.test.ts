import { describe, expect, it } from "vitest";
import { Failure } from "../../../hooks/model/failure.ts";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { makeStatus, renderStatus } from "../../../hooks/report/status.ts";
import {
  healthyDraft,
  podOf,
  rowOf,
  say,
  snapshotOf,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });

function statusOf(draft: Draft) {
  const snapshot = snapshotOf(topology, draft);
  return makeStatus(topology, snapshot, makePlan(topology, snapshot));
}

const line = (draft: Draft, node: string): string =>
  renderStatus(statusOf(draft))
    .split("\n")
    .find((text) => text.startsWith(`${node} `)) ?? "";

describe("status", () => {
  it("is a table of the whole topology", () => {
    expect(renderStatus(statusOf(healthyDraft(topology)))).toBe(
      [
        "release antdb in namespace antdb, manager up",
        "",
        "NODE   STATE            POD          HOST    ADDRESS     POSTGRES  REPLICATION",
        "gc_0   master           antdb-gc-0   host-1  10.244.1.2  up        -",
        "gcs_0  standby of gc_0  antdb-gcs-0  host-2  10.244.1.3  up        streaming, sync",
        "cn_0   coordinator      antdb-cn-0   host-0  10.244.1.4  up        -",
        "dn_0   master           antdb-dn-0   host-1  10.244.1.5  up        -",
        "ds_0   standby of dn_0  antdb-ds-0   host-2  10.244.1.6  up        streaming, sync",
        "",
        "As the values ask: nothing to do.",
        "",
      ].join("\n"),
    );
  });

  it.each<readonly [string, string, (draft: Draft) => void, string | RegExp]>([
    [
      "a standby that does not stream",
      "ds_0",
      (draft) => tell(draft, "dn_0", { standbys: [] }),
      "not streaming",
    ],
    [
      "a standby whose master is silent",
      "ds_0",
      (draft) => say(draft, "dn_0", { state: "unreachable", detail: "" }),
      /up +-$/,
    ],
    [
      "a node that is silent",
      "dn_0",
      (draft) => say(draft, "dn_0", { state: "unreachable", detail: "" }),
      "unreachable",
    ],
    [
      "a node that does not run",
      "cn_0",
      (draft) => say(draft, "cn_0", { state: "down", detail: "" }),
      "down",
    ],
    [
      "a node that is no member",
      "cn_0",
      (draft) => (rowOf(draft, "cn_0").inCluster = false),
      "not in the cluster",
    ],
    ["a pod that is not there", "dn_0", (draft) => draft.pods.delete("antdb-dn-0"), "antdb-dn-0   -       -"],
    [
      "mastership as it is observed",
      "ds_0",
      (draft) => {
        Object.assign(rowOf(draft, "dn_0"), { kind: "datanode slave", master: n("ds_0") });
        Object.assign(rowOf(draft, "ds_0"), { kind: "datanode master", master: undefined });
      },
      "ds_0   master",
    ],
  ])("shows %s", (_name, node, change, shows) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(line(draft, node)).toMatch(shows);
  });

  it("lists what is to do and what is left alone", () => {
    const draft = healthyDraft(topology);
    podOf(draft, "ds-0").ip = "10.244.9.9";
    Object.assign(rowOf(draft, "dn_0"), { port: 1 });
    const text = renderStatus(statusOf(draft));
    expect(text).toContain("To do:\n  alter-host ds_0: the pod moved from 10.244.1.6 to 10.244.9.9\n");
    expect(text).toContain("Left alone:\n  dn_0: the manager defines it with port 1 instead of 5433\n");
  });

  it("says of a standby that streams while nobody waits for it what that means", () => {
    const draft = healthyDraft(topology);
    rowOf(draft, "ds_0").sync = "async";
    tell(draft, "dn_0", {
      standbys: [{ name: "ds_0", address: "10.244.1.6", state: "streaming", sync: "async" }],
    });
    expect(line(draft, "ds_0")).toMatch(/streaming, async$/);
    expect(renderStatus(statusOf(draft))).toContain(
      "To do:\n  make-synchronous ds_0: it streams, and dn_0 commits without waiting for it (sync_state async)",
    );
  });

  it("says only that it streams while it has not told how far", () => {
    const draft = healthyDraft(topology);
    tell(draft, "dn_0", {
      standbys: [{ name: "ds_0", address: "10.244.1.6", state: "streaming", sync: "" }],
    });
    expect(line(draft, "ds_0")).toMatch(/streaming$/);
  });

  it("never says all is well beside something that blocks", () => {
    const draft = healthyDraft(topology);
    Object.assign(rowOf(draft, "dn_0"), { path: "/elsewhere" });
    expect(renderStatus(statusOf(draft))).not.toContain("As the values ask");
  });

  it("says why the manager is not there", () => {
    const { engine, pods, nodes } = snapshotOf(topology, healthyDraft(topology));
    const managerTrouble = new Failure({
      class: "wait",
      code: "x",
      what: "it is not ready yet",
      object: "pod antdb-mgr-0",
    });
    const without = {
      engine,
      pods,
      nodes,
      placed: new Map(),
      held: [],
      kept: { state: "empty" } as const,
      managerTrouble,
    };
    const text = renderStatus(makeStatus(topology, without, makePlan(topology, without)));
    expect(text).toContain("manager it is not ready yet");
    expect(text).toContain("not in the cluster");
  });
});
