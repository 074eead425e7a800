import { describe, expect, it } from "vitest";
import { budgetsOf, covers, disruptionsAllowed, type LivePod, livePods } from "./support/disruption.ts";
import { render } from "./support/helm.ts";
import { variants } from "./support/variants.ts";

const named = (pods: readonly LivePod[], name: string): LivePod => {
  const found = pods.find((pod) => pod.name === name);
  if (found === undefined) throw new Error(`no pod ${name} among ${pods.map((pod) => pod.name).join(", ")}`);
  return found;
};

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

  it("a pair's second pod stays until the first is a member again, not only up", async () => {
    const manifests = await render();
    const pods = livePods(manifests);
    const returned = named(pods, "antdb-dn-0");
    const now = pods.map((pod) => (pod === returned ? withoutState(pod) : pod));
    const pair = budgetsOf(manifests).find(({ name }) => name === "antdb-pair-0");
    expect(pair && disruptionsAllowed(pair.budget, now)).toBe(0);
    expect(pair && covers(pair.budget, withoutState(returned))).toBe(false);
  });

  it("without the watcher a pod counts when it is ready: nobody would label it", async () => {
    const manifests = await render({ values: { watcher: { enabled: false } } });
    const pods = livePods(manifests).map(withoutState);
    const allowed = budgetsOf(manifests).map(({ budget }) => disruptionsAllowed(budget, pods));
    expect(allowed).toEqual(allowed.map(() => 1));
    expect(allowed.length).toBeGreaterThanOrEqual(4);
  });

  it("nobody where a budget would hold up every drain", async () => {
    const values = { cn: { replicas: 1 }, ds: { replicas: 0 }, gcs: { replicas: 0 } };
    expect(budgetsOf(await render({ values }))).toEqual([]);
  });
});
