import { describe, expect, it } from "vitest";
import { makeKube } from "../../../../hooks/adapters/kube/pods.ts";
import { startKubeApi } from "../support/kube-api.ts";

const forever = new AbortController().signal;
const labels = { name: "antdb", instance: "prod" };

const pod = (name: string, podStatus: object, metadata: object = {}) => ({
  metadata: { name, uid: `uid-${name}`, labels: { "antdb.io/role": name.split("-")[1] }, ...metadata },
  spec: { nodeName: "host-1" },
  status: podStatus,
});
const ready = { conditions: [{ type: "Ready", status: "True" }], podIP: "10.1.2.3" };
const waiting = (reason: string, more: object = {}) => ({
  phase: "Pending",
  containerStatuses: [{ name: "antdb", state: { waiting: { reason, ...more } }, lastState: {} }],
});

/** The engine is up, the exporter beside it is not. */
const exporterDown = (reason: string) => ({
  conditions: [{ type: "Ready", status: "False", reason }],
  containerStatuses: [
    { name: "antdb", ready: true, state: { running: {} } },
    { name: "postgres-exporter", ready: false, state: { waiting: { reason: "ImagePullBackOff" } } },
  ],
});

describe("what keeps a pod from running", () => {
  it.each([
    [
      "no room",
      {
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/3 nodes are available",
          },
        ],
      },
      { kind: "unplaced", words: "not placed on any host: 0/3 nodes are available" },
    ],
    // As kube-scheduler 1.34.2 wrote it.
    [
      "no host far enough from its like",
      {
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message:
              "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
          },
        ],
      },
      {
        kind: "unplaced",
        words:
          "not placed on any host: 0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 node(s) didn't match pod anti-affinity rules",
      },
    ],
    [
      "no image",
      waiting("ImagePullBackOff", { message: "Back-off pulling image x" }),
      {
        kind: "image",
        words: "container antdb: its image can't be pulled: Back-off pulling image x",
        container: "antdb",
      },
    ],
    [
      "a crash loop",
      {
        containerStatuses: [
          {
            name: "antdb",
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { exitCode: 3, message: "no rights\n" } },
          },
        ],
      },
      {
        kind: "crash",
        words: "container antdb: its container ends again and again: last exit code 3 (no rights)",
        container: "antdb",
      },
    ],
    [
      "an unknown reason",
      waiting("MoonPhase"),
      { kind: "other", words: "container antdb: MoonPhase", container: "antdb" },
    ],
    [
      "an eviction",
      { phase: "Failed", reason: "Evicted", message: "low on memory" },
      { kind: "failed", words: "failed: low on memory" },
    ],
    ["an exporter that can't start is none", exporterDown("ContainersNotReady"), undefined],
    ["on its way", waiting("ContainerCreating"), undefined],
    ["running", ready, undefined],
  ])("trouble: %s", async (_, podStatus, trouble) => {
    await using api = await startKubeApi(() => ({
      status: 200,
      body: { items: [pod("antdb-dn-0", podStatus)] },
    }));
    const [fact] = await makeKube(api.client, labels).listPods(forever);
    expect(fact?.trouble).toEqual(trouble);
  });

  it.each([
    ["an exporter can't start beside it", exporterDown("ContainersNotReady"), true],
    ["its host is gone, and nobody corrects what the kubelet said last", exporterDown("NodeNotReady"), false],
    ["everything in it is ready", ready, true],
  ])("the engine's readiness, when %s", async (_, podStatus, isReady) => {
    await using api = await startKubeApi(() => ({
      status: 200,
      body: { items: [pod("antdb-dn-0", podStatus)] },
    }));
    const [fact] = await makeKube(api.client, labels).listPods(forever);
    expect(fact?.ready).toBe(isReady);
    expect(fact?.beside?.container).toBe(podStatus === ready ? undefined : "postgres-exporter");
  });
});
