import { describe, expect, it } from "vitest";
import { planAppends } from "../../../hooks/plan/append.ts";
import { planRestarts } from "../../../hooks/plan/restarts.ts";
import { findings, healthyDraft, say, tell, type Draft } from "../../support/builders/snapshot.ts";
import { unlisted } from "../../support/builders/grown.ts";
import { topologyOf } from "../../support/builders/topology.ts";

type Wanted = Parameters<typeof topologyOf>[1];

/** Every node of these has a limit that waits for a restart, from 32 to 64 or the other way. */
function pending(draft: Draft, names: RegExp, value = "32"): void {
  for (const [name, fact] of draft.facts) {
    if (fact.state !== "up" || !names.test(name)) continue;
    const setting = fact.settings?.get("max_datanodes");
    if (setting === undefined) throw new Error(`${name} has no setting`);
    const settings = new Map(fact.settings).set("max_datanodes", { ...setting, value, pendingRestart: true });
    draft.facts.set(name, { ...fact, settings });
  }
}

function restarts(wanted: Wanted, change: (draft: Draft) => void) {
  const topology = topologyOf({}, wanted);
  const draft = healthyDraft(topology);
  change(draft);
  const { steps, leftAlone } = findings(planRestarts, topology, draft);
  return { order: steps.map((step) => step.split(" ")[1]), leftAlone };
}

describe("planRestarts", () => {
  it("only lists them while that is left to people, one line for all that wait for the same", () => {
    const { order, leftAlone } = restarts({}, (draft) => pending(draft, /dn|cn_1/));
    expect(order).toEqual([]);
    expect(leftAlone).toMatchObject([
      {
        object: "cn_1, dn_0, dn_1",
        blocks: false,
        reason: "a restart is needed for max_datanodes, and parameters.restartPolicy is manual",
        remedy: expect.stringContaining("--set parameters.restartPolicy=rolling") as string,
      },
    ]);
  });

  it("standbys first, then datanodes, coordinators, and the gtm last", () => {
    const { order } = restarts({ restartPolicy: "rolling" }, (draft) => pending(draft, /./));
    expect(order).toEqual(["gcs_0", "ds_0", "ds_1", "dn_0", "dn_1", "cn_0", "cn_1", "gc_0"]);
  });

  it("a master before its standby where something is lowered that the standby needs", () => {
    const { order } = restarts({ restartPolicy: "rolling" }, (draft) => pending(draft, /./, "128"));
    expect(order).toEqual(["dn_0", "dn_1", "ds_0", "ds_1", "cn_0", "cn_1", "gc_0", "gcs_0"]);
  });

  it.each([
    ["and goes back to what the file says without them", { file: "64" }],
    ["and goes back to what the engine has by itself", { boot: "64" }],
  ])("a master before its standby too where the values no longer ask for it, %s", (_name, next) => {
    const { order } = restarts({ restartPolicy: "rolling" }, (draft) => {
      for (const [name, fact] of draft.facts) {
        if (fact.state !== "up" || !/gc/.test(name)) continue;
        const setting = {
          ...{ type: "integer" as const, context: "postmaster", value: "128", pendingRestart: true },
          ...next,
        };
        tell(draft, name, { settings: new Map(fact.settings).set("max_locks_per_transaction", setting) });
      }
    });
    expect(order).toEqual(["gc_0", "gcs_0"]);
  });

  it("a cluster that was never whole is restarted without asking: nobody can be connected", () => {
    const { order } = restarts({}, (draft) => {
      draft.journal = "begun";
      pending(draft, /cn_0/);
    });
    expect(order).toEqual(["cn_0"]);
  });

  it.each([
    ["a node is down", (draft: Draft) => say(draft, "dn_1", { state: "down", detail: "refused" })],
    [
      "a standby does not stream",
      (draft: Draft) => {
        const fact = draft.facts.get("dn_0" as never);
        if (fact?.state === "up") draft.facts.set("dn_0" as never, { ...fact, standbys: [] });
      },
    ],
  ])("nobody while %s", (_name, change) => {
    const { order } = restarts({ restartPolicy: "rolling" }, (draft) => {
      pending(draft, /cn|ds/);
      change(draft);
    });
    expect(order).toEqual([]);
  });

  it("nobody twice: what a restart did not bring, another will not", () => {
    const { order, leftAlone } = restarts({ restartPolicy: "rolling" }, (draft) => {
      pending(draft, /cn/);
      tell(draft, "cn_0", { startedSinceWritten: true });
    });
    expect(order).toEqual(["cn_1"]);
    expect(leftAlone).toMatchObject([
      { object: "cn_0", reason: expect.stringContaining("max_datanodes still waits") as string },
    ]);
  });

  it("the master all the same when only its standby is away, which may wait for what the master lowers", () => {
    const { order } = restarts({ restartPolicy: "rolling" }, (draft) => {
      pending(draft, /dn_0/, "128");
      say(draft, "ds_0", { state: "down", detail: "refused" });
    });
    expect(order).toEqual(["dn_0"]);
  });
});

describe("a node beyond what the others are prepared for", () => {
  it("is not appended: the engine would write past its memory", () => {
    const topology = topologyOf({ dn: 3 });
    const draft = healthyDraft(topology);
    const row = draft.rows.find(({ name }) => name === "dn_2");
    Object.assign(row ?? {}, { initialised: false, inCluster: false });
    draft.sizes.set("dn_2" as never, 0);
    unlisted(draft, "dn_2");
    say(draft, "dn_2", { state: "down", detail: "refused" });
    pending(draft, /gc_0|cn_1/, "2");
    const { steps, leftAlone } = findings(planAppends, topology, draft);
    expect(steps).toEqual([]);
    expect(leftAlone).toMatchObject([
      {
        object: "dn_2",
        blocks: true,
        reason: expect.stringContaining("gc_0, cn_1 run with max_datanodes=2") as string,
      },
    ]);
  });
});
