import { describe, expect, it } from "vitest";
import { makeOwnJob } from "../../../../hooks/adapters/kube/own-job.ts";
import { startKubeApi, status, type Told } from "../support/kube-api.ts";

const forever = new AbortController().signal;

/** The age that is read when the API server answers so, and what it was asked. */
async function ageOf(told: Told, name = "antdb-reconcile"): Promise<{ ageMs: number; paths: string[] }> {
  await using api = await startKubeApi(() => told, 200);
  const ageMs = await makeOwnJob(api.client, name).ageMs(forever);
  return { ageMs, paths: api.asked.map(({ path }) => path) };
}

const jobSince = (ageMs: number): Told => ({
  status: 200,
  body: { status: { startTime: new Date(Date.now() - ageMs).toISOString() } },
});

describe("the Job of this pod", () => {
  it("is as old as the API server's own clock says", async () => {
    const { ageMs, paths } = await ageOf(jobSince(90_000));
    expect(Math.abs(ageMs - 90_000)).toBeLessThan(3000);
    expect(paths).toEqual(["/apis/batch/v1/namespaces/antdb/jobs/antdb-reconcile"]);
  });

  it("has not begun before it was started, nor in the future", async () => {
    expect((await ageOf({ status: 200, body: { status: {} } })).ageMs).toBe(0);
    expect((await ageOf(jobSince(-60_000))).ageMs).toBe(0);
  });

  it("is none for a command run by hand: nobody is asked", async () => {
    expect(await ageOf(jobSince(90_000), "")).toEqual({ ageMs: 0, paths: [] });
  });

  it.each<[string, Told]>([
    ["a refusal", status(403, "forbidden")],
    ["silence", "silence"],
  ])("%s is no reason not to run", async (_, told) => {
    expect((await ageOf(told)).ageMs).toBe(0);
  });
});
