// Volumes that are directories on hosts, with the write-ahead log on one of its own. Installs the chart's examples/hostpath.yaml.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows, rowCount } from "../../ci/demo/rows.ts";
import { example, makeRelease, type Release, valuesFiles } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

const namespace = "e2e-hostpath";
const countRows = "SELECT count(*) FROM orders";
/** Directories stay when everything else is deleted: another run gets others. */
const path = `/data/pv/${Date.now()}`;

let release: Release;
let values: string[];

const psa = (level: string): string => `pod-security.kubernetes.io/enforce=${level}`;
const inPod = (pod: string, ...command: string[]): Promise<string> =>
  release.kube.kubectl(["exec", pod, "-c", "antdb", "--", ...command]);
const wipe = (pod: string): Promise<string> =>
  inPod(pod, "bash", "-c", "rm -rf /var/lib/antdb/data /var/lib/antdb-wal/*");
/** As the superuser at the manager's own prompt, a command a session. */
const tellManager = (command: string): Promise<string> =>
  inPod(
    "antdb-mgr-0",
    ..."psql -X -v ON_ERROR_STOP=1 -h 127.0.0.1 -p 6432 -U antdb -d postgres -c".split(" "),
    command,
  );

async function destroy(): Promise<void> {
  await release.destroy();
  await release.kube.kubectl(["delete", "pv", "-l", `antdb.io/namespace=${namespace}`]);
}

/** What `antdb status` in the watcher's own pod says; undefined while it can't be asked. */
async function status(): Promise<Status | undefined> {
  const command = ["exec", "deploy/antdb-watcher", "--", "antdb", "status", "-o", "json"];
  const printed = await release.kube.kubectl(command).catch(() => undefined);
  return printed === undefined ? undefined : (JSON.parse(printed) as Status);
}
interface Status {
  readonly drift: readonly string[];
  readonly leftAlone: readonly string[];
}
const nothingToDo = (): Promise<true> =>
  until("status has nothing to do", async () => (await status())?.drift.length === 0 || undefined);

/** Deletes a pod and waits for its successor to run. */
async function replace(pod: string): Promise<void> {
  const uidOf = (): Promise<string> =>
    release.kube
      .kubectl(["get", "pod", pod, "-o", "jsonpath={.metadata.uid} {.status.phase}"])
      .catch(() => "");
  const [before] = (await uidOf()).split(" ");
  await release.kube.kubectl(["delete", "pod", pod, "--grace-period=1"]);
  await until(`${pod} runs anew`, async () => {
    const [uid, phase] = (await uidOf()).split(" ");
    return (uid !== before && phase === "Running") || undefined;
  });
}

beforeAll(async () => {
  release = await makeRelease(namespace, { valuesFiles: [example("hostpath.yaml"), ...valuesFiles] });
  await destroy();
  await release.kube.kubectl(["create", "namespace", namespace]);
  await release.kube.kubectl(["label", "namespace", namespace, psa("baseline")]);
  const workers = ["get", "nodes", "-l", "!node-role.kubernetes.io/control-plane", "-o", "name"];
  const hosts = (await release.kube.kubectl(workers)).trim().replaceAll("node/", "").split("\n");
  const own = [`hosts={${hosts.join(",")}}`, `path=${path}`, `walPath=${path}-wal`];
  const log = ["wal.enabled=true", "wal.size=1Gi"];
  values = [...own.map((one) => `hostPath.${one}`), ...log].flatMap((one) => [
    "--set",
    `nodes.persistence.${one}`,
  ]);
});
afterAll(async () => {
  for (const { metadata } of await release.pods()) await wipe(metadata.name).catch(() => undefined);
  await destroy();
});

describe("directories on hosts", () => {
  test("a namespace of the baseline standard takes the release; a restricted one would refuse its pods", async () => {
    await release.install(values);
    await release.startClient();
    expect(await insertRows(release.client, "orders")).toBe(rowCount);
    const label = ["label", "namespace", namespace, psa("restricted"), "--overwrite", "--dry-run=server"];
    await expect(release.kube.kubectl([...label, "--warnings-as-errors"])).rejects.toThrow(
      /violate the new PodSecurity enforce level "restricted.*antdb-/s,
    );
  });

  test("every pod has two on its host, and the log of its node is in the second", async () => {
    const said = await release.kube.kubectl([
      "get",
      "pv",
      "-l",
      `antdb.io/namespace=${namespace}`,
      "-o",
      "name",
    ]);
    expect(said.trim().split("\n")).toHaveLength(18);
    for (const pod of ["antdb-gc-0", "antdb-cn-1", "antdb-dn-0", "antdb-ds-1"])
      expect((await inPod(pod, "readlink", "/var/lib/antdb/data/pg_wal")).trim()).toBe(
        "/var/lib/antdb-wal/pg_wal",
      );
  });

  test("pods that are deleted come back to both", async () => {
    for (const pod of ["antdb-dn-0", "antdb-ds-0"]) await replace(pod);
    await nothingToDo();
    expect(await release.sql(countRows)).toBe(String(rowCount));
  });
});

describe("a standby that lost its rows and kept its log", () => {
  test("is left alone, and made anew from its master by what the remedy says", async () => {
    await wipe("antdb-ds-0");
    await replace("antdb-ds-0");
    await until(
      "the loss is told",
      async () => (await status())?.leftAlone.some((line) => line.startsWith("ds_0: ")) || undefined,
    );
    for (const verb of ["REMOVE", "CLEAN", "APPEND"]) await tellManager(`${verb} DATANODE SLAVE ds_0`);
    await nothingToDo();
    expect((await inPod("antdb-ds-0", "readlink", "/var/lib/antdb/data/pg_wal")).trim()).toBe(
      "/var/lib/antdb-wal/pg_wal",
    );
    expect(await release.test()).toContain("test: passed");
  });
});

describe("after an uninstall", () => {
  const removed = async (): Promise<void> => {
    await release.uninstall();
    await release.kube.kubectl(["wait", "--for=delete", "pods", "-l", "antdb.io/role", "--timeout=60s"]);
  };

  test("kept rows under another Secret are refused with the remedy, and nothing is touched", async () => {
    await removed();
    const secret = ["secret", "antdb-credentials"];
    const kept = await release.kube.kubectl(["get", ...secret, "-o", "json"]);
    await release.kube.kubectl(["delete", ...secret]);
    await expect(release.install(values)).rejects.toThrow(
      /refused: .*made with another password.*helm uninstall, which keeps the volumes, put the Secret of then back/,
    );
    await removed();
    await release.kube.kubectl(["delete", ...secret]);
    const { kind, apiVersion, type, data } = JSON.parse(kept) as Record<string, unknown>;
    const again = { kind, apiVersion, type, data, metadata: { name: "antdb-credentials" } };
    await release.kube.kubectl(["create", "-f", "-"], JSON.stringify(again));
  });

  test("the same name finds every row, also where a claim was deleted by hand", async () => {
    await release.kube.kubectl(["delete", "pvc", "data-antdb-dn-0", "--wait"]);
    const volume = `${namespace}.antdb.dn-0`;
    const phase = (): Promise<string> =>
      release.kube.kubectl(["get", "pv", volume, "-o", "jsonpath={.status.phase}"]);
    await until(
      "its volume waits for the claim that is no more",
      async () => (await phase()) === "Released" || undefined,
    );
    // As the chart's README says.
    const forget = '{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}';
    await release.kube.kubectl(["patch", "pv", volume, "-p", forget]);
    await release.install(values);
    expect(await phase()).toBe("Bound");
    expect(await release.sql(countRows)).toBe(String(rowCount));
  });
});
