import { describe, expect, it } from "vitest";
import { render } from "./support/helm.ts";
import { find, type Manifest, titleOf } from "./support/manifest.ts";
import { variants } from "./support/variants.ts";

const note = (manifest: Manifest, key: string): string =>
  manifest.metadata.annotations?.[`helm.sh/${key}`] ?? "";
const weight = (manifest: Manifest): number => Number(note(manifest, "hook-weight"));
/** `helm --timeout` when nothing is said, seconds. */
const helmTimeout = 300;

describe.each(variants)("hooks: %s", (_, rendering) => {
  it("have weights of their own, and a Job's rights come before the Job", async () => {
    const hooks = (await render(rendering)).filter((one) => note(one, "hook") !== "");
    const weights = hooks.map(weight);
    expect(new Set(weights).size).toBe(weights.length);
    for (const job of hooks.filter((one) => one.kind === "Job")) {
      const rights = hooks.filter((one) => one.metadata.name === job.metadata.name && one.kind !== "Job");
      const kinds = rights.sort((a, b) => weight(a) - weight(b)).map((one) => one.kind);
      if (kinds.length > 0) expect(kinds).toEqual(["ServiceAccount", "Role", "RoleBinding"]);
      expect(rights.filter((one) => weight(one) >= weight(job)).map(titleOf)).toEqual([]);
      expect(rights.filter((one) => !note(one, "hook").startsWith(note(job, "hook"))).map(titleOf)).toEqual(
        [],
      );
    }
  });

  it("are removed when they have succeeded and never when they have failed", async () => {
    const hooks = (await render(rendering)).filter((one) => note(one, "hook") !== "");
    const policies = hooks.map((one) => note(one, "hook-delete-policy"));
    expect(new Set(policies)).toEqual(new Set(["before-hook-creation,hook-succeeded"]));
  });

  it("end: few tries, a deadline below helm's, no second try after exit code 2", async () => {
    const jobs = (await render(rendering)).filter((one) => one.kind === "Job");
    for (const job of jobs) {
      expect(job.spec?.backoffLimit).toBe(2);
      expect(job.spec?.activeDeadlineSeconds).toBeLessThan(helmTimeout);
      expect(job.spec?.template?.spec.restartPolicy).toBe("Never");
      expect(job.spec?.podFailurePolicy?.rules).toEqual([
        { action: "FailJob", onExitCodes: { containerName: "hooks", operator: "In", values: [2] } },
      ]);
      expect(note(job, "hook-output-log-policy")).toBe("hook-failed");
    }
    expect(jobs.length).toBeGreaterThanOrEqual(2);
  });

  it("that run while ordinary objects are absent need none of them", async () => {
    const manifests = await render(rendering);
    const early = manifests.filter(
      (one) => one.kind === "Job" && /^pre-(install|delete)/.test(note(one, "hook")),
    );
    for (const job of early) {
      const account = job.spec?.template?.spec.serviceAccountName ?? "";
      expect(note(find(manifests, "ServiceAccount", account), "hook")).not.toBe("");
      const sources = (job.spec?.template?.spec.volumes ?? []).flatMap((volume) => {
        const projected = volume["projected"] as
          { sources: Record<string, { optional?: boolean }>[] } | undefined;
        return (projected?.sources ?? []).flatMap((source) => Object.values(source));
      });
      expect(sources.filter((source) => source.optional !== true)).toEqual([]);
    }
  });
});

describe("which Jobs there are", () => {
  const jobs = async (values: object): Promise<string[]> =>
    (await render({ values }))
      .filter((one) => one.kind === "Job")
      .map((one) => `${one.metadata.name}: ${note(one, "hook")}`);
  const always = ["antdb-reconcile: post-install,post-upgrade,post-rollback", "antdb-teardown: pre-delete"];

  it("the Secret is made before install and upgrade", async () => {
    expect((await jobs({})).sort()).toEqual(["antdb-credentials: pre-install,pre-upgrade", ...always]);
  });

  it("no Job makes a Secret that the user gives", async () => {
    expect((await jobs({ auth: { existingSecret: "mine" } })).sort()).toEqual(always);
  });

  it("the rights of teardown reach the Secret only when it goes with the volumes", async () => {
    const mayDelete = async (values: object): Promise<boolean> =>
      (find(await render({ values }), "Role", "antdb-teardown").rules ?? []).some((rule) =>
        rule.resources.includes("secrets"),
      );
    const gone = { whenDeleted: "Delete" };
    const answers = [{}, { retention: gone }, { retention: gone, auth: { existingSecret: "mine" } }].map(
      mayDelete,
    );
    expect(await Promise.all(answers)).toEqual([false, true, false]);
  });
});
