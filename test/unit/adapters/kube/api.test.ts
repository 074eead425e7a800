import { describe, expect, it } from "vitest";
import { LeaseStore } from "../../../../hooks/adapters/kube/lease-record.ts";
import { makeKube } from "../../../../hooks/adapters/kube/pods.ts";
import { startKubeApi, status } from "../support/kube-api.ts";

const forever = new AbortController().signal;
const labels = { name: "antdb", instance: "prod" };
const noPods = { status: 200, body: { kind: "PodList", items: [] } };

const pod = (name: string, podStatus: object, metadata: object = {}) => ({
  metadata: { name, uid: `uid-${name}`, labels: { "antdb.io/role": name.split("-")[1] }, ...metadata },
  spec: { nodeName: "host-1" },
  status: podStatus,
});
const ready = { conditions: [{ type: "Ready", status: "True" }], podIP: "10.1.2.3" };

describe("listPods", () => {
  it("asks for the release's pods and tells how each is", async () => {
    const items = [
      pod("antdb-dn-0", ready),
      pod("antdb-mgr-0", { phase: "Pending" }, { deletionTimestamp: "2026-11-23T10:00:00Z" }),
      { metadata: { name: "antdb-reconcile-x", labels: {} } },
    ];
    await using api = await startKubeApi(() => ({ status: 200, body: { kind: "PodList", items } }));
    const pods = await makeKube(api.client, labels).listPods(forever);
    expect(pods).toEqual([
      {
        name: "antdb-dn-0",
        role: "dn",
        uid: "uid-antdb-dn-0",
        ip: "10.1.2.3",
        hostName: "host-1",
        ready: true,
        terminating: false,
      },
      {
        name: "antdb-mgr-0",
        role: "mgr",
        uid: "uid-antdb-mgr-0",
        hostName: "host-1",
        ready: false,
        terminating: true,
      },
    ]);
    expect(api.asked[0]?.path).toBe("/api/v1/namespaces/antdb/pods");
    expect(api.asked[0]?.query.get("labelSelector")).toBe(
      "app.kubernetes.io/name=antdb,app.kubernetes.io/instance=prod,antdb.io/role",
    );
  });

  it.each([
    [403, "terminal", "api-forbidden"],
    [401, "terminal", "api-login-refused"],
    [429, "retry", "api-busy"],
    [500, "retry", "api-error"],
    [400, "bug", "api-bad-request"],
  ])("status %i is %s", async (code, kind, name) => {
    await using api = await startKubeApi(() => status(code, "the reason"));
    await expect(makeKube(api.client, labels).listPods(forever)).rejects.toMatchObject({
      facts: { class: kind, code: name, what: expect.stringContaining("refused to list pods") as string },
    });
  });

  it("names the permission that is missing", async () => {
    await using api = await startKubeApi(() => status(403, "forbidden"));
    await expect(makeKube(api.client, labels).listPods(forever)).rejects.toThrow(
      /pods of prod: .*: forbidden; .*Role must allow list on pods/,
    );
  });

  it("does not wait for ever", async () => {
    await using api = await startKubeApi(() => "silence", 150);
    await expect(makeKube(api.client, labels).listPods(forever)).rejects.toMatchObject({
      facts: { class: "retry", code: "api-unreachable" },
    });
  });

  it("stops when it is told to", async () => {
    await using api = await startKubeApi(() => "silence");
    await expect(makeKube(api.client, labels).listPods(AbortSignal.timeout(50))).rejects.toMatchObject({
      facts: { class: "retry" },
    });
  });

  it("uses its connections again", async () => {
    await using api = await startKubeApi(() => noPods);
    const kube = makeKube(api.client, labels);
    for (let round = 0; round < 20; round += 1) await kube.listPods(forever);
    expect(api.connections()).toBeLessThanOrEqual(2);
  });
});

describe("LeaseStore", () => {
  const now = new Date("2026-11-23T10:00:00.000Z");
  const lease = (holder: string, version: string) => ({
    apiVersion: "coordination.k8s.io/v1",
    metadata: { name: "antdb-writer", resourceVersion: version, labels: { keep: "me" } },
    spec: { holderIdentity: holder, leaseDurationSeconds: 15, leaseTransitions: 4 },
  });

  it("names the version it replaces, counts a change of hands, and keeps the rest", async () => {
    await using api = await startKubeApi(({ method }) => ({
      status: 200,
      body: lease(method === "GET" ? "old" : "me", "7"),
    }));
    const store = new LeaseStore(api.client, "antdb-writer", () => now);
    const seen = await store.read(forever);
    expect(seen).toMatchObject({ holder: "old", durationMs: 15_000, version: "7" });
    await store.write(seen!, { holder: "me", durationMs: 15_000 }, forever);
    expect(api.asked[1]).toMatchObject({
      method: "PUT",
      path: "/apis/coordination.k8s.io/v1/namespaces/antdb/leases/antdb-writer",
      body: {
        metadata: { resourceVersion: "7", labels: { keep: "me" } },
        spec: {
          holderIdentity: "me",
          leaseDurationSeconds: 15,
          leaseTransitions: 5,
          renewTime: expect.stringMatching(/^2026-11-23T10:00:00\.000/) as string,
        },
      },
    });
  });

  it("tells absence and conflict from errors", async () => {
    await using api = await startKubeApi(({ method }) => status(method === "GET" ? 404 : 409, "no"));
    const store = new LeaseStore(api.client, "antdb-writer", () => now);
    expect(await store.read(forever)).toBeUndefined();
    expect(await store.create("me", 15_000, forever)).toBe("conflict");
  });
});
