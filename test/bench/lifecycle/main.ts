// npm run bench:lifecycle [-- --pairs 3,15 --rounds 3 --name CLUSTER --package PATH --skip-growth]
// What a user waits for, on the local cluster: seconds and ratios beside the engine's own commands in the same run. A bench, no test: it judges nothing red.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ClientOptions } from "../../../ci/demo/client.ts";
import { prepare, type Stage } from "../../../ci/demo/prepare.ts";
import { show, step } from "../../../ci/demo/progress.ts";
import { type Kube, makeKube } from "../../../ci/demo/kube.ts";
import { imagesFile, root } from "../../../ci/images/paths.ts";
import { growByHand, growByHelm, nothingToDo } from "./growth.ts";
import { type By, type Healing, moveAll, movePod } from "./moved-pod.ts";
import { openProbe, type Probe } from "./probe.ts";
import { release, startWriting } from "./stage.ts";
import { median, renderTable, type Row } from "./table.ts";

interface Bench {
  readonly kube: Kube;
  readonly probe: Probe;
  readonly pairs: number;
  readonly rounds: number;
  readonly upgrade: (pairs: number) => Promise<unknown>;
}

/** What each moved pod may take, and whom it may disturb, beside what the hand's FLUSH HOST does. */
const movedBoundSeconds = 1.5;
const allMovedBoundSeconds = 30;
const growthBoundRatio = 1.5;
const nothingBoundSeconds = 0.5;

const chosen = (healings: readonly Healing[]): Healing => {
  const middle = median(healings.map(({ seconds }) => seconds));
  return healings.find(({ seconds }) => seconds === middle) as Healing;
};

async function moved({ kube, probe, pairs, rounds }: Bench, role: string): Promise<Row> {
  const healed = { program: [] as Healing[], hand: [] as Healing[] };
  for (let round = 0; round < rounds; round += 1)
    for (const by of ["program", "hand"] as const satisfies readonly By[]) {
      const healing = await movePod(kube, probe, `${release}-${role}-0`, by);
      const { seconds, outageSeconds, restarted } = healing;
      show(
        `${role} by ${by}: ${seconds.toFixed(2)} s, outage ${outageSeconds.toFixed(2)} s, restarted: ${restarted.join(" ")}`,
      );
      healed[by].push(healing);
    }
  const program = chosen(healed.program);
  const hand = chosen(healed.hand);
  return {
    what: `${pairs} pairs: a moved ${role}, from its agent's answer`,
    seconds: program.seconds,
    beside: { what: "ALTER HOST, START, FLUSH HOST", seconds: hand.seconds },
    bound: { seconds: movedBoundSeconds },
    restarted: program.restarted,
    restartedBeside: hand.restarted,
  };
}

async function grown({ kube, pairs, upgrade }: Bench): Promise<readonly Row[]> {
  const { podSeconds, appendSeconds } = await growByHand(kube, pairs);
  // Brings the watcher back as well.
  await upgrade(pairs + 1);
  const { appliedSeconds, addedSeconds, returnedSeconds } = await growByHelm(kube, upgrade, pairs + 1);
  show(`by hand: pods ${podSeconds.toFixed(2)} s, APPENDs ${appendSeconds.toFixed(2)} s`);
  const beside = { what: "pods and APPENDs by hand", seconds: podSeconds + appendSeconds };
  const what = `${pairs} pairs: one more, by helm upgrade`;
  return [
    {
      what: `${pairs} pairs: one more, from helm's change of the StatefulSets`,
      seconds: addedSeconds - appliedSeconds,
      beside,
      bound: { ratio: growthBoundRatio },
    },
    { what: `${what}, guard and all`, seconds: addedSeconds, beside },
    { what: `${what}, until helm returns`, seconds: returnedSeconds, beside },
  ];
}

async function measure(bench: Bench, growth: boolean): Promise<readonly Row[]> {
  const { kube, probe, pairs, rounds } = bench;
  const rows: Row[] = [];
  const idle: number[] = [];
  for (let round = 0; round < rounds; round += 1) idle.push(await nothingToDo(kube));
  rows.push({
    what: `${pairs} pairs: nothing to do`,
    seconds: median(idle),
    bound: { seconds: nothingBoundSeconds },
  });
  for (const role of ["dn", "ds", "cn"])
    rows.push(await step(`${pairs} pairs: a moved ${role}`, () => moved(bench, role)));
  const all = await step(`${pairs} pairs: all pods moved`, () => moveAll(kube, probe));
  rows.push({
    what: `${pairs} pairs: all pods moved, from their deletion`,
    seconds: all,
    bound: { seconds: allMovedBoundSeconds },
  });
  if (growth) rows.push(...(await step(`${pairs} pairs: one more`, () => grown(bench))));
  return rows;
}

async function onRelease(
  stage: Stage,
  pairs: number,
  work: (kube: Kube, upgrade: Bench["upgrade"]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const namespace = `bench-${pairs}`;
  const kube = makeKube(stage.tools, stage.cluster.kubeconfig, namespace);
  const remove = (): Promise<string> =>
    kube.kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait"]);
  const given = ["-f", imagesFile, "-f", join(root, "ci/values/local.yaml")];
  // A release of fifteen pairs takes longer than helm waits by itself.
  const patient = [
    "--set",
    "hooks.timeoutSeconds=1200,jobs.reconcile.activeDeadlineSeconds=1100",
    "--timeout",
    "1200s",
  ];
  const apply = (wanted: number): Promise<string> =>
    kube.helm([
      ...["upgrade", "--install", release, join(root, "chart"), "--create-namespace", ...given, ...patient],
      ...["--set", `dn.replicas=${wanted},exporters.node.enabled=false,exporters.postgres.enabled=false`],
    ]);
  await remove();
  try {
    await step(`helm install, ${pairs} pairs`, () => apply(pairs));
    return await work(kube, apply);
  } finally {
    await step(`${namespace} is removed`, remove);
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      name: { type: "string", default: "bench" },
      package: { type: "string" },
      pairs: { type: "string", default: "3,15" },
      rounds: { type: "string", default: "3" },
      "skip-growth": { type: "boolean", default: false },
    },
  });
  const stage = await prepare(values.name, values.package);
  const rows: Row[] = [];
  for (const pairs of values.pairs.split(",").map(Number)) {
    const more = await onRelease(stage, pairs, async (kube, upgrade) => {
      const client: ClientOptions = {
        kube,
        image: stage.engineImage,
        fullname: release,
        name: "antdb-client",
      };
      await startWriting(client);
      using probe = await openProbe(stage.tools.kubectl, kube, client.name);
      const bench = { kube, probe, pairs, rounds: Number(values.rounds), upgrade };
      return await measure(bench, !values["skip-growth"] && rows.length === 0);
    });
    rows.push(...more);
  }
  console.log(`\n${renderTable(rows)}`);
}

await main(process.argv.slice(2));
