import { describe, expect, it } from "vitest";
import { makeWriterLease } from "../../../../hooks/adapters/kube/lease.ts";
import { LeaseStore } from "../../../../hooks/adapters/kube/lease-record.ts";
import { makeMover } from "../../../../hooks/adapters/kube/mover.ts";
import type { Mover } from "../../../../hooks/ports/kube.ts";
import { makeFakeLog } from "../../../support/fakes/fake-log.ts";
import { systemClock } from "../../../../hooks/adapters/clock/system-clock.ts";
import { until } from "../../../support/until.ts";
import { startKubeApi, status, type KubeApi } from "../support/kube-api.ts";

const forever = new AbortController().signal;
/** The API's Lease counts whole seconds. */
const durationMs = 3000;

interface LeaseBody {
  metadata: { name: string; resourceVersion?: string; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
}

/** One Lease that is written only by who names its version. */
async function startApi(): Promise<{ api: KubeApi; lease: () => LeaseBody | undefined }> {
  let lease: LeaseBody | undefined;
  let version = 1;
  const told = () =>
    lease === undefined
      ? status(404, "not found")
      : {
          status: 200,
          body: { ...lease, metadata: { ...lease.metadata, resourceVersion: String(version) } },
        };
  const api = await startKubeApi(({ method, body }) => {
    if (method === "GET") return told();
    const given = body as LeaseBody;
    const fresh =
      method === "POST" ? lease === undefined : given.metadata.resourceVersion === String(version);
    if (!fresh) return status(409, "conflict");
    version += 1;
    lease = given;
    return told();
  });
  return { api, lease: () => lease };
}

function moverOf({ client }: KubeApi, identity: string): Mover {
  const leaseName = "antdb-mover";
  const store = new LeaseStore(client, leaseName, () => new Date());
  const lease = makeWriterLease(store, { identity, durationMs }, { clock: systemClock, log: makeFakeLog() });
  return makeMover({ client, lease, store, leaseName, identity, clock: systemClock });
}

async function taken(mover: Mover, doing = "antdb rebalance") {
  const result = await mover.take(doing, { signal: forever });
  if ("held" in result) throw new Error(`held by ${result.held.by}`);
  return result.token;
}

describe("the token of who moves tables", () => {
  it("is one's own until it is released; the second is told who has it, and for what", async () => {
    const { api } = await startApi();
    await using server = api;
    const token = await taken(moverOf(server, "job-1"), "antdb drain dn_3");
    expect(await moverOf(server, "watcher-2").take("antdb rebalance", { signal: forever })).toEqual({
      held: { by: "job-1", doing: "antdb drain dn_3" },
    });
    await token.release();
    await (await taken(moverOf(server, "watcher-2"))).release();
  });

  it("is free again when its holder was killed", async () => {
    const { api, lease } = await startApi();
    await using server = api;
    await (await taken(moverOf(server, "job-1"))).release();
    Object.assign(lease()?.spec ?? {}, { holderIdentity: "killed", leaseDurationSeconds: 1 });
    await (await taken(moverOf(server, "watcher-2"))).release();
  });

  it("hears that it is to stop, and lets go at once", async () => {
    const { api, lease } = await startApi();
    await using server = api;
    const token = await taken(moverOf(server, "job-1"));
    const other = moverOf(server, "watcher-2");
    expect(await other.askToStop(forever)).toEqual({ by: "job-1", doing: "antdb rebalance" });
    await until("it hears", () => Promise.resolve(token.stop.aborted ? true : undefined));
    expect(token.lost.aborted).toBe(false);
    await token.release();
    expect(lease()?.spec?.["holderIdentity"]).toBe("");
    expect(await other.askToStop(forever)).toBeUndefined();
    const next = await taken(moverOf(server, "job-3"));
    expect(next.stop.aborted).toBe(false);
    await next.release();
  });

  it("carries the note of what was drained", async () => {
    const { api } = await startApi();
    await using server = api;
    const mover = moverOf(server, "drain-1");
    expect(await mover.readDrained(forever)).toEqual([]);
    const drained = [
      { datanode: "dn_3", podUid: "u-1" },
      { datanode: "dn_4", podUid: "u-2" },
    ];
    const token = await taken(mover);
    await mover.noteDrained(drained, forever);
    await token.release();
    expect(await mover.readDrained(forever)).toEqual(drained);
    await mover.noteDrained([], forever);
    expect(await mover.readDrained(forever)).toEqual([]);
  });
});
