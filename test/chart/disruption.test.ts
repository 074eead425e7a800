import { describe, expect, it } from "vitest";
import { budgetsOf, covers, disruptionsAllowed, type LivePod, livePods } from "./support/disruption.ts";
import { render } from "./support/helm.ts";
import { variants } from "./support/variants.ts";

const withoutState = (pod: LivePod): LivePod => ({
  ...pod,
  labels: Object.fromEntries(Object.entries(pod.labels).filter(([key]) => key !== "antdb.io/state")),
});

describe.each(variants)("disruption budgets: %s", (_, rendering) => {
  it("cover each pod once at most: the eviction API refuses a pod of two", async () => {
    const manifests = await render(rendering);
    const budgets = budgetsOf(manifests);
    const counts = livePods(manifests).map((pod) => [
      pod.name,
      budgets.filter(({ budget }) => covers(budget, pod)).length,
    ]);
    expect(counts.filter(([, count]) => Number(count) > 1)).toEqual([]);
  });

  it("let one of each group go when all are well, and no second one", async () => {
    const manifests = await render(rendering);
    const pods = livePods(manifests);
    for (const { name, budget } of budgetsOf(manifests)) {
      expect([name, disruptionsAllowed(budget, pods)]).toEqual([name, 1]);
      for (const gone of pods.filter((pod) => covers(budget, pod)))
        expect([
          name,
          gone.name,
          disruptionsAllowed(
            budget,
            pods.filter((pod) => pod !== gone),
          ),
        ]).toEqual([name, gone.name, 0]);
    }
  });
});

describe("who belongs to a group", () => {
  it("a datanode with its standby, gc with its standbys, all coordinators; the manager to none", async () => {
    const manifests = await render({
      values: { cn: { replicas: 3 }, dn: { replicas: 2 }, gcs: { replicas: 2 } },
    });
    const pods = livePods(manifests);
    const groups = budgetsOf(manifests).map(({ budget }) =>
      pods.filter((pod) => covers(budget, pod)).map(({ name }) => name.replace("antdb-", "")),
    );
    expect(groups).toEqual(
      expect.arrayContaining([
        ["dn-0", "ds-0"],
        ["dn-1", "ds-1"],
        ["gc-0", "gcs-0", "gcs-1"],
        ["cn-0", "cn-1", "cn-2"],
      ]),
    );
    expect(groups.flat()).not.toContain("mgr-0");
  });

  it("does not depend on the state that the program gives and, in trouble, withdraws", async () => {
    const manifests = await render();
    const pods = livePods(manifests);
    for (const { name, budget } of budgetsOf(manifests)) {
      const stateless = pods.map(withoutState).filter((pod) => covers(budget, pod));
      expect([name, stateless.length]).toEqual([name, pods.filter((pod) => covers(budget, pod)).length]);
      expect([name, disruptionsAllowed(budget, stateless.slice(1))]).toEqual([name, 0]);
    }
  });

  it("nobody where a budget would hold up every drain", async () => {
    const values = { cn: { replicas: 1 }, ds: { replicas: 0 }, gcs: { replicas: 0 } };
    expect(budgetsOf(await render({ values }))).toEqual([]);
  });
});
