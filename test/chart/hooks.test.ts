import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { render, type Rendering } from "./support/helm.ts";
import { find, type Manifest, titleOf } from "./support/manifest.ts";
import { variants } from "./support/variants.ts";

const note = (manifest: Manifest, key: string): string =>
  manifest.metadata.annotations?.[`helm.sh/${key}`] ?? "";
const weight = (manifest: Manifest): number => Number(note(manifest, "hook-weight"));
/** `helm --timeout` when nothing is said, seconds. */
const helmTimeout = 300;

/** hooks.timeoutSeconds of a rendering's values files. */
const timeoutOf = async ({ valuesFiles = [] }: Rendering): Promise<number | undefined> => {
  const files = valuesFiles.map(async (file) => parse(await readFile(file, "utf8")) as FileValues);
  return (await Promise.all(files)).find(({ hooks }) => hooks?.timeoutSeconds !== undefined)?.hooks
    ?.timeoutSeconds;
};
interface FileValues {
  readonly hooks?: { readonly timeoutSeconds?: number };
}

describe.each(variants)("hooks: %s", (_, rendering) => {
  it("have weights of their own, and a Job's rights come before the Job", async () => {
    const hooks = (await render(rendering)).filter((one) => note(one, "hook") !== "");
    const weights = hooks.map(weight);
    expect(new Set(weights).size).toBe(weights.length);
    for (const job of hooks.filter((one) => one.kind === "Job")) {
      const rights = hooks.filter((one) => one.metadata.name === job.metadata.name && one.kind !== "Job");
      const kinds = rights.sort((a, b) => weight(a) - weight(b)).map((one) => one.kind);
      const accounts = kinds.filter((kind) => kind !== "ConfigMap");
      if (kinds.length > 0) expect(accounts).toEqual(["ServiceAccount", "Role", "RoleBinding"]);
      expect(rights.filter((one) => weight(one) >= weight(job)).map(titleOf)).toEqual([]);
      expect(rights.filter((one) => !note(one, "hook").startsWith(note(job, "hook"))).map(titleOf)).toEqual(
        [],
      );
    }
  });

  it("are removed when they have succeeded and never when they have failed; what is worth reading stays", async () => {
    const hooks = (await render(rendering)).filter((one) => note(one, "hook") !== "");
    // `helm test --logs` reads the pod's log after it has succeeded; people read what the other two did.
    const stays = (one: Manifest): boolean =>
      note(one, "hook") === "test" || (one.kind === "Job" && /-(guard|reconcile)$/.test(one.metadata.name));
    const wrong = hooks.filter((one) => {
      const policy = stays(one) ? "before-hook-creation" : "before-hook-creation,hook-succeeded";
      return note(one, "hook-delete-policy") !== policy;
    });
    expect(wrong.map(titleOf)).toEqual([]);
    expect(hooks.length).toBeGreaterThan(0);
  });

  it("end: few tries, a deadline below helm's, no second try after exit codes 2 and 3", async () => {
    const jobs = (await render(rendering)).filter((one) => one.kind === "Job");
    // What the values say of --timeout, where they do.
    const given = await timeoutOf(rendering);
    for (const job of jobs) {
      expect(job.spec?.backoffLimit).toBe(2);
      // Nobody waits for the one that moves tables.
      const waitedFor = !job.metadata.name.includes("-rebalance-");
      if (waitedFor) expect(job.spec?.activeDeadlineSeconds).toBeLessThan(given ?? helmTimeout);
      expect(job.spec?.template?.spec.restartPolicy).toBe("Never");
      expect(job.spec?.podFailurePolicy?.rules.slice(waitedFor ? 0 : 1)).toEqual([
        { action: "FailJob", onExitCodes: { containerName: "hooks", operator: "In", values: [2, 3] } },
      ]);
      if (note(job, "hook") !== "") expect(note(job, "hook-output-log-policy")).toBe("hook-failed");
    }
    expect(jobs.length).toBeGreaterThanOrEqual(2);
  });

  it("that count their time from the Job's start may ask for their own Job, and no other", async () => {
    const manifests = await render(rendering);
    // rebalance has hours, and goes on where it stopped.
    const timed = manifests.filter(
      (one) => one.kind === "Job" && !/-(credentials|rebalance)/.test(one.metadata.name),
    );
    for (const job of timed) {
      const { serviceAccountName: account, containers } = job.spec!.template!.spec;
      const [name] = containers[0]!.env!.filter((one) => one.name === "JOB_NAME");
      expect(name?.valueFrom).toEqual({
        fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" },
      });
      const asked = find(manifests, "Role", account ?? "").rules?.filter(
        (rule) => rule.resources.includes("jobs") && rule.verbs.includes("get"),
      );
      expect(asked?.map((rule) => rule.resourceNames)).toEqual([[job.metadata.name]]);
    }
    expect(timed.length).toBeGreaterThan(0);
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

describe("without hooks (hooks.mode=job)", () => {
  const plain = async (values: object = {}): Promise<Manifest[]> =>
    render({
      values: { ...values, hooks: { mode: "job", ...("hooks" in values ? (values.hooks as object) : {}) } },
    });
  const names = async (values: object = {}): Promise<Record<string, string>> => {
    const jobs = (await plain(values)).filter((one) => one.kind === "Job");
    return Object.fromEntries(
      jobs.map(({ metadata: { name } }) => [name.replace(/^antdb-|-[0-9a-f]{8}$/g, ""), name]),
    );
  };

  it("nothing is a hook but the test, and what only a hook can do is not there", async () => {
    const manifests = await plain();
    expect(manifests.filter((one) => note(one, "hook") !== "").map(titleOf)).toEqual(["Pod/antdb-test"]);
    expect(Object.keys(await names()).sort()).toEqual(["credentials", "reconcile"]);
    const rights = manifests.filter((one) => one.kind === "Role").map((one) => one.metadata.name);
    expect(rights.filter((name) => /guard|teardown/.test(name))).toEqual([]);
  });

  it("a Job never changes under its name", async () => {
    const changes: readonly object[] = [
      { dn: { replicas: 3 } },
      { clients: { cidrs: ["10.0.0.0/8"] } },
      { clients: { rules: [{ database: "app", user: "all", cidr: "10.0.0.0/8", method: "md5" }] } },
      { images: { hooks: { tag: "next" } } },
      { jobs: { reconcile: { resources: { limits: { cpu: "3" } } } } },
      { pods: { labels: { team: "data" } } },
      { commonLabels: { team: "data" } },
      { hooks: { run: "again" } },
    ];
    const seen = new Map<string, string>();
    for (const values of [{}, ...changes])
      for (const job of (await plain(values)).filter((one) => one.kind === "Job")) {
        const spec = JSON.stringify(job.spec);
        expect(seen.get(job.metadata.name) ?? spec).toBe(spec);
        seen.set(job.metadata.name, spec);
      }
  });

  it("whatever reconcile has to bring about makes a new one, and so does a wish", async () => {
    const { reconcile, credentials } = await names();
    for (const values of [{ dn: { replicas: 3 } }, { images: { antdb: { tag: "next" } } }])
      expect((await names(values))["reconcile"]).not.toBe(reconcile);
    expect((await names({ dn: { replicas: 3 } }))["credentials"]).toBe(credentials);
    const again = await names({ hooks: { run: "again" } });
    expect([again["reconcile"], again["credentials"]]).not.toContain(reconcile);
    expect(again["credentials"]).not.toBe(credentials);
  });

  it("a Job carries what its tool asks of it, its pod does not", async () => {
    const jobAnnotations = { "argocd.argoproj.io/hook": "Sync" };
    const manifests = await plain({ jobs: { reconcile: { jobAnnotations, jobLabels: { wave: "late" } } } });
    const job = manifests.find((one) => one.kind === "Job" && one.metadata.name.includes("reconcile"))!;
    expect(job.metadata.annotations).toEqual(jobAnnotations);
    expect(job.metadata.labels).toMatchObject({ wave: "late" });
    expect(JSON.stringify(job.spec)).not.toMatch(/argocd|wave/);
  });

  it("stays until an upgrade takes it away: one that vanished would be missed", async () => {
    const jobs = (await plain()).filter((one) => one.kind === "Job");
    expect(jobs.map((job) => job.spec?.["ttlSecondsAfterFinished"])).toEqual([undefined, undefined]);
  });
});

it("the guard reads what the release is to be, from a hook of its own", async () => {
  const manifests = await render({ values: { cn: { replicas: 3 } } });
  const own = find(manifests, "ConfigMap", "antdb-guard");
  const job = find(manifests, "Job", "antdb-guard");
  expect(own.data).toEqual(find(manifests, "ConfigMap", "antdb-topology").data);
  expect(note(own, "hook")).toContain(note(job, "hook"));
  expect(weight(own)).toBeLessThan(weight(job));
  const volumes = JSON.stringify(job.spec?.template?.spec.volumes);
  expect(volumes).toContain('"name":"antdb-guard"');
  expect(volumes).not.toContain("antdb-topology");
});

describe("which Jobs there are", () => {
  const jobs = async (values: object): Promise<string[]> =>
    (await render({ values }))
      .filter((one) => one.kind === "Job")
      .map((one) => `${one.metadata.name}: ${note(one, "hook")}`);
  const always = [
    "antdb-guard: pre-upgrade,pre-rollback",
    "antdb-reconcile: post-install,post-upgrade,post-rollback",
    "antdb-teardown: pre-delete",
  ];

  it.each([{}, { auth: { existingSecret: "mine" } }])(
    "the Secret is made, or looked at, before install, and by the guard before an upgrade: %j",
    async (values) => {
      expect((await jobs(values)).sort()).toEqual(["antdb-credentials: pre-install", ...always]);
    },
  );

  it("the rights of teardown reach the Secret only when it goes with the volumes", async () => {
    const mayDelete = async (values: object): Promise<boolean> =>
      (find(await render({ values }), "Role", "antdb-teardown").rules ?? [])
        .filter(({ resources }) => resources.includes("secrets"))
        .some(({ resourceNames = [] }) =>
          resourceNames.some((name) => /^(antdb-credentials|mine)$/.test(name)),
        );
    const gone = { whenDeleted: "Delete" };
    const answers = [{}, { retention: gone }, { retention: gone, auth: { existingSecret: "mine" } }].map(
      mayDelete,
    );
    expect(await Promise.all(answers)).toEqual([false, true, false]);
  });
});
