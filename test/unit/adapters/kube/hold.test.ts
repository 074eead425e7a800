import { describe, expect, it } from "vitest";
import { makeHold } from "../../../../hooks/adapters/kube/hold.ts";
import { makePodSets } from "../../../../hooks/adapters/kube/pod-sets.ts";
import { startKubeApi, status, type KubeApi, type Told } from "../support/kube-api.ts";

const forever = new AbortController().signal;
const path = "/apis/coordination.k8s.io/v1/namespaces/antdb/leases/antdb-writer";

interface LeaseBody {
  metadata: { name: string; resourceVersion?: string; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
}

/** One Lease that is written only by who names its version, as the API server does it. */
async function startLease(
  first?: LeaseBody,
  raced = 0,
): Promise<{ api: KubeApi; lease: () => LeaseBody | undefined }> {
  let lease = first;
  let version = 1;
  let races = raced;
  const found = (): Told =>
    lease === undefined
      ? status(404, "not found")
      : {
          status: 200,
          body: { ...lease, metadata: { ...lease.metadata, resourceVersion: String(version) } },
        };
  const api = await startKubeApi(({ method, body }) => {
    if (method === "GET") return found();
    const given = body as LeaseBody;
    if (races > 0) {
      races -= 1;
      version += 1;
      if (lease?.spec !== undefined) lease = { ...lease, spec: { ...lease.spec, renewTime: `r${version}` } };
    }
    if (method === "PUT" && given.metadata.resourceVersion !== String(version))
      return status(409, "conflict");
    version += 1;
    lease = given;
    return found();
  });
  return { api, lease: () => lease };
}

const at = (time: string) => (): Date => new Date(`2026-11-23T${time}Z`);

describe("the hold on the writer's Lease", () => {
  it("is read until its time is over, and leaves the rest of the Lease as it is", async () => {
    const spec = { holderIdentity: "guard-1", leaseDurationSeconds: 15 };
    const annotations = { mine: "yes" };
    const { api, lease } = await startLease({ metadata: { name: "antdb-writer", annotations }, spec });
    await using server = api;
    await makeHold(server.client, "antdb-writer", at("18:00:00")).write(["cn_2", "ds_2"], 180_000, forever);
    expect(lease()).toMatchObject({ spec, metadata: { annotations: { mine: "yes" } } });
    const read = (time: string) => makeHold(server.client, "antdb-writer", at(time)).read(forever);
    expect(await read("18:02:59")).toEqual(["cn_2", "ds_2"]);
    expect(await read("18:03:01")).toEqual([]);
    await makeHold(server.client, "antdb-writer", at("18:01:00")).write([], 0, forever);
    expect(await read("18:01:01")).toEqual([]);
    expect(lease()?.metadata.annotations).toEqual({ mine: "yes" });
  });

  it("is written again when the Lease was renewed meanwhile", async () => {
    const spec = { holderIdentity: "guard-1", renewTime: "r1" };
    const { api, lease } = await startLease({ metadata: { name: "antdb-writer" }, spec }, 2);
    await using server = api;
    const hold = makeHold(server.client, "antdb-writer", at("18:00:00"));
    await hold.write(["cn_2"], 180_000, forever);
    expect(await hold.read(forever)).toEqual(["cn_2"]);
    expect(lease()?.spec).toEqual({ holderIdentity: "guard-1", renewTime: "r3" });
  });

  it("makes the Lease where there is none, and reads none as nobody", async () => {
    const { api } = await startLease();
    await using server = api;
    const hold = makeHold(server.client, "antdb-writer", at("18:00:00"));
    expect(await hold.read(forever)).toEqual([]);
    await hold.write(["cn_2"], 180_000, forever);
    expect(await hold.read(forever)).toEqual(["cn_2"]);
    expect(server.asked.map(({ method }) => method)).toEqual(["GET", "GET", "POST", "GET"]);
  });

  it.each([
    "",
    "cn_2",
    "{}",
    '{"nodes":"cn_2","until":"2027-01-01T00:00:00Z"}',
    '{"nodes":["cn_2"],"until":"soon"}',
  ])("takes %j for nobody", async (text) => {
    const annotations = { "antdb.io/leaving": text };
    const { api } = await startLease({ metadata: { name: "antdb-writer", annotations }, spec: {} });
    await using server = api;
    expect(await makeHold(server.client, "antdb-writer", at("18:00:00")).read(forever)).toEqual([]);
  });

  it("names the right that is missing", async () => {
    await using api = await startKubeApi(() => status(403, "forbidden"));
    await expect(makeHold(api.client, "antdb-writer", at("18:00:00")).read(forever)).rejects.toThrow(
      /Role must allow get on leases/,
    );
    expect(api.asked.map((asked) => asked.path)).toEqual([path]);
  });
});

describe("the release's StatefulSets", () => {
  it("are counted by the release's labels", async () => {
    const items = [
      { metadata: { name: "antdb-cn" }, spec: { replicas: 3 } },
      { metadata: { name: "antdb-mgr" }, spec: {} },
    ];
    await using api = await startKubeApi(() => ({ status: 200, body: { items } }));
    expect(await makePodSets(api.client, { name: "antdb", instance: "prod" }).list(forever)).toEqual([
      { name: "antdb-cn", replicas: 3 },
      { name: "antdb-mgr", replicas: 1 },
    ]);
    expect(api.asked[0]?.query.get("labelSelector")).toBe(
      "app.kubernetes.io/name=antdb,app.kubernetes.io/instance=prod",
    );
  });
});
