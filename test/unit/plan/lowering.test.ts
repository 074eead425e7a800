import { describe, expect, it } from "vitest";
import type { NodeSetting } from "../../../hooks/model/parameter.ts";
import { planParameters } from "../../../hooks/plan/parameters.ts";
import { planRestarts } from "../../../hooks/plan/restarts.ts";
import { findings, healthyDraft, say, tell, type Draft } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

type Wanted = Parameters<typeof topologyOf>[1];

/** Adds what nodes say of max_connections. */
function tellConnections(draft: Draft, settingOf: (node: string) => NodeSetting): void {
  for (const [name, fact] of draft.facts)
    if (fact.state === "up")
      draft.facts.set(name, {
        ...fact,
        settings: new Map(fact.settings).set("max_connections", settingOf(name)),
      });
}

function cluster(wanted: Wanted, change: (draft: Draft) => void, concern = planParameters) {
  const topology = topologyOf({}, wanted);
  const draft = healthyDraft(topology);
  change(draft);
  const found = findings(concern, topology, draft);
  return { ...found, sets: found.steps.filter((step) => /^(re)?set-|^forget/.test(step)) };
}

const reloads = (...names: string[]): string[] => names.map((name) => `reload-settings ${name}`);

describe("a lower value of what standbys need as much of as their masters", () => {
  const connections: NodeSetting = {
    ...{ type: "integer", min: 1, max: 262143, value: "200", context: "postmaster", pendingRestart: false },
    ...{ file: "200" },
  };
  const has200 = (draft: Draft): void => {
    draft.parameters.push({ node: "*", kind: "D", key: "max_connections", value: "200" });
    draft.notes.push({ node: "*", letter: "D", key: "max_connections" });
    tellConnections(draft, () => connections);
  };
  const dn = { wal_log_hints: true, max_connections: 100 };

  it("is not written while restarts are left to people: a standby would not come up again", () => {
    const { sets, leftAlone } = cluster({ dn }, has200);
    expect(sets).toEqual([]);
    expect(leftAlone).toMatchObject([{ object: "dn.parameters.max_connections", blocks: false }]);
  });

  const lowered = (name: string): NodeSetting =>
    name.startsWith("dn") ? { ...connections, value: "100", file: "100" } : connections;
  const onMasters = ["dn_0", "dn_1"].map(
    (name) => `set-parameters ${name} as=datanode master settings={"max_connections":"100"} passing=true`,
  );

  it("is written to masters alone where restarts follow: a standby starts with no less than what it last heard of its master's", () => {
    expect(cluster({ dn, restartPolicy: "rolling" }, has200).steps).toEqual([
      ...onMasters,
      ...reloads("dn_0", "dn_1"),
    ]);
  });

  it("is written for all when every master runs with it and every standby streams", () => {
    const after = (draft: Draft): void => {
      has200(draft);
      tellConnections(draft, lowered);
    };
    expect(cluster({ dn, restartPolicy: "rolling" }, after).sets).toEqual([
      'set-parameters datanode settings={"max_connections":"100"}',
    ]);
  });

  it.each([
    ["is down", (draft: Draft) => say(draft, "ds_1", { state: "down", detail: "refused" })],
    ["does not stream", (draft: Draft) => tell(draft, "dn_1", { standbys: [] })],
  ] as const)("waits for a standby that %s: it has not heard of it", (_name, change) => {
    const after = (draft: Draft): void => {
      has200(draft);
      tellConnections(draft, lowered);
      change(draft);
    };
    expect(cluster({ dn, restartPolicy: "rolling" }, after).sets).toEqual([]);
  });

  it("by a value taken away: stays where restarts are left to people, and is told", () => {
    const { sets, leftAlone } = cluster({}, has200);
    expect(sets).toEqual([]);
    expect(leftAlone).toMatchObject([{ object: "dn.parameters.max_connections", blocks: false }]);
  });

  it("by a value taken away: masters first, and then for all", () => {
    expect(cluster({ restartPolicy: "rolling" }, has200).steps).toEqual([
      ...onMasters,
      ...reloads("dn_0", "dn_1"),
    ]);
    const after = (draft: Draft): void => {
      has200(draft);
      tellConnections(draft, lowered);
    };
    expect(cluster({ restartPolicy: "rolling" }, after).sets).toEqual([
      'set-parameters datanode settings={"max_connections":"100"} passing=true',
      'forget-parameters datanode notes=[{"node":"*","letter":"D","key":"max_connections"}]',
    ]);
  });

  it("by a value taken away: the gtm's master is restarted before its standby", () => {
    const pending = (draft: Draft): void => {
      tellConnections(draft, () => ({ ...connections, file: "100", pendingRestart: true }));
    };
    const { steps } = cluster({ restartPolicy: "rolling" }, pending, planRestarts);
    expect(steps.map((step) => step.split(" ")[1])).toEqual([
      "dn_0",
      "dn_1",
      "ds_0",
      "ds_1",
      "cn_0",
      "cn_1",
      "gc_0",
      "gcs_0",
    ]);
  });
});
