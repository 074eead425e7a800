import { describe, expect, it } from "vitest";
import { render } from "./support/helm.ts";
import { type PodSpec, podTemplates, type PolicyRule, titleOf } from "./support/manifest.ts";
import { podSecurityFaults } from "./support/pod-security.ts";
import { variants } from "./support/variants.ts";

/** What no rule may grant: wildcards, and named objects' content without the name. */
const ruleFaults = (rule: PolicyRule): string[] => {
  const all = [...rule.apiGroups, ...rule.resources, ...rule.verbs, ...(rule.resourceNames ?? [])];
  const byName = rule.resources.some((one) => ["secrets", "leases", "jobs"].includes(one));
  const unnamed = byName && rule.resourceNames === undefined && rule.verbs.some((verb) => verb !== "create");
  return [...(all.includes("*") ? ["has a wildcard"] : []), ...(unnamed ? ["names no object"] : [])];
};

/** A pod without the init container that hostPath needs: root, with one capability. The baseline standard admits it. */
const withoutDirectories = ({ initContainers, ...pod }: PodSpec): PodSpec => ({
  ...pod,
  initContainers: (initContainers ?? []).filter(
    ({ name, securityContext }) =>
      !(name === "directory" && securityContext?.capabilities?.add?.join() === "CHOWN"),
  ),
});

describe.each(variants)("security: %s", (_, rendering) => {
  it("every pod meets the restricted Pod Security Standard, but for who gives a host's directory away", async () => {
    const faults = podTemplates(await render(rendering)).map(({ owner, template }) => [
      titleOf(owner),
      podSecurityFaults(withoutDirectories(template.spec)),
    ]);
    expect(faults.filter(([, found]) => (found ?? []).length > 0)).toEqual([]);
    expect(faults.length).toBeGreaterThanOrEqual(8);
  });

  it("the root file system of every container is read-only", async () => {
    const writable = podTemplates(await render(rendering)).flatMap(({ template }) =>
      template.spec.containers.filter((one) => one.securityContext?.readOnlyRootFilesystem !== true),
    );
    expect(writable.map((one) => one.name)).toEqual([]);
  });

  it("database pods hold no token, and each Job has an account of its own", async () => {
    const accounts = podTemplates(await render(rendering)).map(({ owner, template }) => {
      const { automountServiceAccountToken: token, serviceAccountName: account } = template.spec;
      return owner.kind === "StatefulSet"
        ? [token, account]
        : [token, account === owner.metadata.name.replace(/-[0-9a-f]{8}$/, "")];
    });
    expect(accounts.filter(([token, own]) => (token === true ? own !== true : own !== undefined))).toEqual(
      [],
    );
  });

  it("rights are of the namespace, without wildcard, and by name where there is one", async () => {
    const manifests = await render(rendering);
    expect(manifests.filter((one) => one.kind.startsWith("ClusterRole")).map(titleOf)).toEqual([]);
    const faults = manifests.flatMap((one) =>
      (one.rules ?? []).flatMap((rule) => ruleFaults(rule).map((fault) => `${titleOf(one)} ${fault}`)),
    );
    expect(faults).toEqual([]);
  });

  it("nothing belongs to the whole cluster but volumes that are directories on hosts", async () => {
    const manifests = await render(rendering);
    const placed = manifests.filter((one) => one.metadata.namespace === undefined);
    expect(placed.filter((one) => one.kind !== "PersistentVolume").map(titleOf)).toEqual([]);
    for (const volume of placed) expect(volume.spec).toHaveProperty("hostPath");
  });

  it("passwords reach containers as files: no environment is filled from a Secret", async () => {
    const pods = podTemplates(await render(rendering));
    const filled = pods.flatMap(({ owner, template: { spec } }) =>
      [...spec.containers, ...(spec.initContainers ?? [])]
        .filter(
          (one) =>
            one.envFrom !== undefined ||
            (one.env ?? []).some((entry) => "secretKeyRef" in (entry.valueFrom ?? {})),
        )
        .map((one) => `${titleOf(owner)} ${one.name}`),
    );
    expect(filled).toEqual([]);
  });

  it("no password stands in an environment, an argument or a ConfigMap, and no Secret is rendered", async () => {
    const manifests = await render(rendering);
    const containers = podTemplates(manifests).flatMap(({ template }) => template.spec.containers);
    const words = containers.flatMap((one) => [
      ...(one.args ?? []),
      ...(one.env ?? []).map((entry) => entry.name),
    ]);
    // --keys says what entries of the Secret are called.
    const suspect = words.filter((word) => /password/i.test(word) && !word.startsWith("--keys="));
    expect(suspect).toEqual([]);
    expect(manifests.filter((one) => one.kind === "Secret").map(titleOf)).toEqual([]);
  });
});

describe("the rules themselves", () => {
  const restricted = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const pod = (securityContext: object, more: object = {}): Parameters<typeof podSecurityFaults>[0] => ({
    containers: [{ name: "a", image: "i", securityContext: { ...restricted, ...securityContext } }],
    ...more,
  });

  it.each([
    [{}, 0],
    [{ privileged: true }, 1],
    [{ runAsNonRoot: false }, 1],
    [{ allowPrivilegeEscalation: true }, 1],
    [{ capabilities: { drop: ["NET_RAW"] } }, 1],
    [{ seccompProfile: { type: "Unconfined" } }, 1],
    [{ procMount: "Unmasked" }, 1],
    [{ seLinuxOptions: { type: "spc_t" } }, 1],
    [{ seLinuxOptions: { user: "system_u" } }, 1],
    [{ appArmorProfile: { type: "Unconfined" } }, 1],
    [{ windowsOptions: { hostProcess: true } }, 1],
    [{ runAsUser: 0 }, 1],
    [{ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }, 0],
    [{ capabilities: { drop: ["ALL"], add: ["CHOWN"] } }, 1],
  ])("Pod Security: %j has %i faults", (securityContext, count) => {
    expect(podSecurityFaults(pod(securityContext))).toHaveLength(count);
  });

  it("Pod Security: host namespaces and hostPath volumes are faults", () => {
    const more = { hostNetwork: true, volumes: [{ name: "v", hostPath: { path: "/" } }] };
    expect(podSecurityFaults(pod({}, more))).toEqual(["hostNetwork is used", "volume v is a hostPath"]);
  });

  it("Pod Security: unsafe sysctls and ports of the host are faults", () => {
    const { containers } = pod({});
    const [one] = containers;
    const more = {
      securityContext: { sysctls: [{ name: "kernel.msgmax" }, { name: "net.ipv4.tcp_syncookies" }] },
      containers: [{ ...one, ports: [{ name: "p", containerPort: 1, hostPort: 1 }] }],
    };
    expect(podSecurityFaults(pod({}, more))).toEqual([
      "the pod sets an unsafe sysctl",
      "container a takes the host's port 1",
    ]);
  });

  it("rights: a wildcard and a nameless Secret are faults", () => {
    const rule = (verbs: string[]): PolicyRule => ({ apiGroups: [""], resources: ["secrets"], verbs });
    expect([rule(["*"]), rule(["get"]), rule(["create"])].map((one) => ruleFaults(one).length)).toEqual([
      2, 1, 0,
    ]);
  });
});
