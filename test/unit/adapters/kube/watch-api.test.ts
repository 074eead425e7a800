import { describe, expect, it } from "vitest";
import { makeEvents } from "../../../../hooks/adapters/kube/events.ts";
import { makeKube } from "../../../../hooks/adapters/kube/pods.ts";
import { makeWatcherSwitch } from "../../../../hooks/adapters/kube/watcher-switch.ts";
import { startKubeApi, status } from "../support/kube-api.ts";

const forever = new AbortController().signal;
const labels = { name: "antdb", instance: "prod" };
const ok = { status: 200, body: {} };
const pod = { name: "antdb-dn-0", uid: "uid-1" };

describe("labelPod", () => {
  it.each([
    ["master", "master"],
    [undefined, null],
  ] as const)("patches the one label of the one pod: %s", async (state, sent) => {
    await using api = await startKubeApi(() => ok);
    await makeKube(api.client, labels).labelPod(pod, state, forever);
    expect(api.asked).toMatchObject([
      {
        method: "PATCH",
        path: "/api/v1/namespaces/antdb/pods/antdb-dn-0",
        body: { metadata: { uid: "uid-1", labels: { "antdb.io/state": sent } } },
      },
    ]);
    // What helm 4 calls by name when it finds a field to be another's.
    expect(api.asked[0]?.query.get("fieldManager")).toBe("antdb");
  });

  it("a pod that is gone has no label to lose, but can't be given one", async () => {
    await using api = await startKubeApi(() => status(404, "not found"));
    const kube = makeKube(api.client, labels);
    await kube.labelPod(pod, undefined, forever);
    await expect(kube.labelPod(pod, "master", forever)).rejects.toMatchObject({ facts: { class: "retry" } });
  });

  it("names the right that is missing", async () => {
    await using api = await startKubeApi(() => status(403, "forbidden"));
    await expect(makeKube(api.client, labels).labelPod(pod, "master", forever)).rejects.toThrow(
      /Role must allow patch on pods/,
    );
  });
});

describe("Events", () => {
  it("are written on the pod", async () => {
    await using api = await startKubeApi(() => ({ status: 201, body: {} }));
    const wallClock = (): Date => new Date("2026-11-23T10:00:00Z");
    const events = makeEvents(api.client, { reporter: "antdb-watcher-x", wallClock });
    await events.write({ type: "Normal", reason: "Healed", message: "start-node dn_0", pod }, forever);
    expect(api.asked).toMatchObject([
      {
        method: "POST",
        path: "/api/v1/namespaces/antdb/events",
        body: {
          metadata: { generateName: "antdb-dn-0." },
          involvedObject: { kind: "Pod", namespace: "antdb", name: "antdb-dn-0", uid: "uid-1" },
          type: "Normal",
          reason: "Healed",
          message: "start-node dn_0",
        },
      },
    ]);
  });
});

describe("the watcher's switch", () => {
  it("scales the Deployment to 0", async () => {
    await using api = await startKubeApi(() => ok);
    await makeWatcherSwitch(api.client, "antdb-watcher", labels).turnOff(forever);
    expect(api.asked).toMatchObject([
      {
        method: "PATCH",
        path: "/apis/apps/v1/namespaces/antdb/deployments/antdb-watcher/scale",
        body: { spec: { replicas: 0 } },
      },
    ]);
    expect(api.asked[0]?.query.get("fieldManager")).toBe("antdb");
  });

  it("does not mind a Deployment that is not there", async () => {
    await using api = await startKubeApi(() => status(404, "not found"));
    await makeWatcherSwitch(api.client, "antdb-watcher", labels).turnOff(forever);
    expect(api.asked).toHaveLength(1);
  });

  it.each([
    ["Running", true],
    ["Succeeded", false],
  ])("a pod that is %s: up is %s", async (phase, up) => {
    const items = [{ metadata: { name: "antdb-watcher-x" }, status: { phase } }];
    await using api = await startKubeApi(() => ({ status: 200, body: { kind: "PodList", items } }));
    expect(await makeWatcherSwitch(api.client, "antdb-watcher", labels).isUp(forever)).toBe(up);
    expect(api.asked[0]?.query.get("labelSelector")).toContain("app.kubernetes.io/component=watcher");
  });
});
