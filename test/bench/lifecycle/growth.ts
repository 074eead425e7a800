// One more datanode pair, by `helm upgrade` and by hand; and a run that has nothing to do.
import type { Kube } from "../../../ci/demo/kube.ts";
import { runProgram } from "../../support/e2e/program.ts";
import { until } from "../../support/until.ts";
import { atManager, type PodSeen, release, seePods, settled, switchWatcher } from "./stage.ts";

export interface GrowthByHand {
  readonly podSeconds: number;
  readonly appendSeconds: number;
}

const seconds = (sinceMs: number): number => (Date.now() - sinceMs) / 1000;

async function podsReady(kube: Kube, names: readonly string[]): Promise<readonly string[]> {
  return until(`${names.join(" and ")} are ready`, async () => {
    const pods = await seePods(kube);
    const found = names.flatMap((name) => {
      const pod = pods.get(name);
      return pod?.ready === true && pod.ip !== undefined ? [pod.ip] : [];
    });
    return found.length === names.length ? found : undefined;
  });
}

/** What the engine itself asks for: the two pods, and the two APPENDs once they are there; the person is as quick as a script. */
export async function growByHand(kube: Kube, pairs: number): Promise<GrowthByHand> {
  await settled(kube);
  await switchWatcher(kube, false);
  const startedMs = Date.now();
  for (const role of ["dn", "ds"])
    await kube.kubectl(["scale", `statefulset/${release}-${role}`, `--replicas=${pairs + 1}`]);
  const [master = "", standby = ""] = await podsReady(kube, [
    `${release}-dn-${pairs}`,
    `${release}-ds-${pairs}`,
  ]);
  const podSeconds = seconds(startedMs);
  const host = (name: string, address: string): string =>
    `ADD HOST ${name}_${pairs} (address='${address}', agentport=8432, user='antdb', adbhome='/opt/app/antdb')`;
  const where = (name: string): string => `(host=${name}_${pairs}, port=5433, path='/var/lib/antdb/data')`;
  const taken = await atManager(kube, [
    host("dn", master),
    host("ds", standby),
    `ADD DATANODE MASTER dn_${pairs} ${where("dn")}`,
    `ADD DATANODE SLAVE ds_${pairs} FOR dn_${pairs} ${where("ds")}`,
    `APPEND DATANODE MASTER dn_${pairs}`,
    `APPEND DATANODE SLAVE ds_${pairs}`,
  ]);
  return { podSeconds, appendSeconds: taken.slice(-2).reduce((sum, each) => sum + each, 0) };
}

export interface GrowthByHelm {
  /** Until the first of the two pods exists: helm has asked the guard, and changed the StatefulSets. */
  readonly appliedSeconds: number;
  /** Until the program calls both of the pair well: new tables lie on it, and its standby streams. */
  readonly addedSeconds: number;
  /** Until helm has heard from Kubernetes that the Job has ended. */
  readonly returnedSeconds: number;
}

/** `helm upgrade` with one pair more. */
export async function growByHelm(
  kube: Kube,
  upgrade: (pairs: number) => Promise<unknown>,
  pairs: number,
): Promise<GrowthByHelm> {
  const startedMs = Date.now();
  const returned = upgrade(pairs + 1).then(() => seconds(startedMs));
  const pod = async (role: string): Promise<PodSeen | undefined> =>
    (await seePods(kube)).get(`${release}-${role}-${pairs}`);
  const appliedSeconds = await until(`pod ${release}-dn-${pairs} exists`, async () =>
    (await pod("dn")) === undefined ? undefined : seconds(startedMs),
  );
  const added = until(`pair ${pairs} is in the cluster`, async () => {
    const states = [(await pod("dn"))?.state, (await pod("ds"))?.state];
    return states[0] === "master" && states[1] === "slave" ? seconds(startedMs) : undefined;
  });
  const [addedSeconds, returnedSeconds] = await Promise.all([added, returned]);
  return { appliedSeconds, addedSeconds, returnedSeconds };
}

/** A run on a cluster that is as the values ask, as the program itself measures it: reading, deciding, and the lease. */
export async function nothingToDo(kube: Kube): Promise<number> {
  await settled(kube);
  const said = await runProgram(kube, release, ["reconcile"]);
  const lines = said.split("\n").filter((line) => line.startsWith("{"));
  const ended = lines
    .map((line) => JSON.parse(line) as { event?: string; durationMs?: number; line?: string })
    .find(({ event }) => event === "run-ended");
  if (ended?.durationMs === undefined || ended.line?.includes("nothing to do") !== true)
    throw new Error(`reconcile had something to do: ${said}`);
  return ended.durationMs / 1000;
}
