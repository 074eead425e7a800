import { describe, expect, it } from "vitest";
import { render } from "./support/helm.ts";

describe("the Job that moves tables", () => {
  const named = async (values: object): Promise<[string, string]> => {
    const jobs = (await render({ values })).filter(
      (one) => one.kind === "Job" && one.metadata.name.includes("rebalance"),
    );
    expect(jobs.map((job) => job.metadata.annotations?.["helm.sh/hook"])).toEqual([undefined]);
    return [jobs[0]!.metadata.name, JSON.stringify(jobs[0]!.spec)];
  };
  const rebalance = { mode: "tables" };

  it.each([
    { rebalance, dn: { replicas: 3 } },
    { rebalance: { mode: "all" } },
    { rebalance: { mode: "tables", order: "biggest" } },
    { rebalance: { mode: "tables", run: "again" } },
    { rebalance, images: { hooks: { tag: "next" } } },
    { rebalance, commonLabels: { team: "data" } },
  ])("is a new one for %j", async (values) => {
    expect((await named(values))[0]).not.toBe((await named({ rebalance }))[0]);
  });

  it.each([
    { rebalance, cn: { replicas: 4 } },
    { rebalance, clients: { cidrs: ["10.0.0.0/8"] } },
    { rebalance, hooks: { run: "again" } },
    { rebalance, hooks: { mode: "job" } },
  ])("is the same for %j", async (values) => {
    expect(await named(values)).toEqual(await named({ rebalance }));
  });
});
