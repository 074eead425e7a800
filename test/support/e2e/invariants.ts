// What must hold of a whole cluster after whatever was done to it (and of a half-done one: nothing acknowledged is missing).
import { expect } from "vitest";
import type { Pod, Release } from "./release.ts";
import { until } from "../until.ts";
import { rowsOfBatch, type Writer, type WriterRecord } from "./writer.ts";

interface Node {
  readonly name: string;
  readonly role: string;
  readonly state: string | undefined;
  readonly address: string;
  readonly port: number;
}

const ports: Readonly<Record<string, number>> = { gc: 6655, gcs: 6655, cn: 5432, dn: 5433, ds: 5433 };

const nodeOf = ({ metadata, status }: Pod): Node => {
  const role = metadata.labels["antdb.io/role"] ?? "";
  return {
    name: metadata.name.replace(/^antdb-/, "").replaceAll("-", "_"),
    role,
    state: metadata.labels["antdb.io/state"],
    address: status.podIP ?? "",
    port: ports[role] ?? 0,
  };
};

/** One question to every node from mgr's pod, whose address each of them trusts; a line of the answer is NODE KIND WORDS. */
function askEach(nodes: readonly Node[], holders: readonly Node[]): string {
  const ask = `SELECT 'recovery', pg_is_in_recovery();
    SELECT 'trust', address FROM pg_hba_file_rules WHERE auth_method = 'trust' AND type <> 'local' AND address NOT IN ('127.0.0.1', '::1');
    SELECT 'fault', line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL;
    SELECT 'prepared', gid FROM pg_prepared_xacts;`;
  const list =
    "SELECT 'row', node_name, node_host, node_port FROM pgxc_node WHERE node_type IN ('G', 'C', 'D');";
  return nodes
    .map(({ name, address, port }) => {
      const text = `${ask}${holders.some((each) => each.name === name) ? list : ""}`;
      return `psql -X -q -A -t -F ' ' -h ${address} -p ${port} -d postgres -v ON_ERROR_STOP=1 2>&1 <<'END' | sed 's/^/${name} /'\n${text}\nEND`;
    })
    .join("\n");
}

/** Rows of `writes` as one coordinator has them, and as each datanode has them. */
function askRows(coordinator: Node, masters: readonly Node[]): string {
  const parts = masters.map(
    ({ name }) => `SELECT 'part ${name}';\nEXECUTE DIRECT ON (${name}) 'SELECT count(*) FROM writes';`,
  );
  const text = `SELECT 'total'; SELECT count(*) FROM writes;\n${parts.join("\n")}\nSELECT 'batch', session, batch, count(*) FROM writes GROUP BY session, batch;`;
  return `psql -X -q -A -t -F ' ' -h ${coordinator.address} -p ${coordinator.port} -d app -v ON_ERROR_STOP=1 <<'END'\n${text}\nEND`;
}

/** Acknowledged batches of which a row is missing, and sums that do not agree; empty when all is there. */
function rowTroubles(printed: string, acked: WriterRecord): string[] {
  const lines = printed.split("\n");
  const after = (word: string): number => Number(lines[lines.indexOf(word) + 1]);
  const total = after("total");
  const parts = lines.filter((line) => line.startsWith("part ")).map((line) => [line, after(line)] as const);
  const sum = parts.reduce((all, [, count]) => all + count, 0);
  const there = new Map(
    lines
      .filter((line) => line.startsWith("batch "))
      .map((line) => {
        const [, session = "", batch = "", count = ""] = line.split(" ");
        return [`${session} ${batch}`, Number(count)];
      }),
  );
  const lost = [...acked].flatMap(([session, { acks }]) =>
    acks
      .filter(({ batch }) => there.get(`${session} ${batch}`) !== rowsOfBatch)
      .map(({ batch }) => `batch ${batch} of ${session}: ${there.get(`${session} ${batch}`) ?? 0} rows`),
  );
  const said = parts.map(([part, count]) => `${part} ${count}`).join(", ");
  return [...lost, ...(sum === total ? [] : [`${total} rows in all, but ${said}`])];
}

const isMaster = ({ role }: Node): boolean => role === "gc" || role === "dn" || role === "cn";

/** What each node says of itself, against the pods that live. */
function nodeTroubles(
  printed: string,
  nodes: readonly Node[],
  manager: string,
  holders: readonly Node[],
): string[] {
  const live = new Set([manager, ...nodes.map(({ address }) => address)]);
  const list = nodes
    .filter(isMaster)
    .map(({ name, address, port }) => `${name} ${address} ${port}`)
    .toSorted();
  return nodes.flatMap((node) => {
    const own = printed
      .split("\n")
      .filter((line) => line.startsWith(`${node.name} `))
      .map((line) => line.slice(node.name.length + 1));
    const words = (kind: string): string[] =>
      own.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
    const strange = words("trust").filter((address) => !live.has(address));
    const has = words("row").toSorted();
    const [recovery] = words("recovery");
    return [
      ...(recovery === (isMaster(node) ? "f" : "t")
        ? []
        : [`${node.name}: in recovery: ${recovery ?? own.join(" ")}`]),
      ...strange.map((address) => `${node.name} trusts ${address}, nobody's address`),
      ...words("fault").map((fault) => `${node.name}: pg_hba.conf line ${fault}`),
      ...words("prepared").map((gid) => `${node.name}: transaction ${gid} in doubt`),
      ...(!holders.includes(node) || has.join() === list.join()
        ? []
        : [`${node.name} lists ${has.join(", ")}`]),
    ];
  });
}

async function troublesOf(release: Release, acked: WriterRecord): Promise<readonly string[]> {
  const pods = await release.pods();
  const all = pods.map(nodeOf);
  const nodes = all.filter(({ role }) => role !== "mgr");
  const manager = all.find(({ role }) => role === "mgr")?.address ?? "";
  const holders = nodes.filter(({ role }) => role === "gc" || role === "cn");
  const coordinator = nodes.find(({ role }) => role === "cn");
  if (coordinator === undefined) return ["there is no coordinator"];
  const masters = nodes.filter(({ role }) => role === "dn");
  const script = `export PGCONNECT_TIMEOUT=5\n${askEach(nodes, holders)}\n${askRows(coordinator, masters)}`;
  const command = ["exec", "-i", `${release.client.fullname}-mgr-0`, "-c", "antdb", "--", "/bin/bash", "-s"];
  const printed = await release.kube.kubectl(command, script);
  const unled = nodes.filter(({ state }) => state === undefined).map(({ name }) => `${name} has no state`);
  return [...unled, ...nodeTroubles(printed, nodes, manager, holders), ...rowTroubles(printed, acked)];
}

/** A command of the program in the watcher's own pod, which has no shell; both its streams. */
function inWatcher(release: Release, ...args: readonly string[]): Promise<string> {
  const script = `require("node:child_process").spawnSync("antdb", ${JSON.stringify(args)}, { stdio: ["ignore", 1, 1] })`;
  return release.kube.kubectl([
    "exec",
    `deploy/${release.client.fullname}-watcher`,
    "--",
    "node",
    "-e",
    script,
  ]);
}

/** What `antdb status` says is left to do; undefined while it cannot be asked. */
async function driftOf(release: Release): Promise<readonly string[] | undefined> {
  const command = [
    "exec",
    `deploy/${release.client.fullname}-watcher`,
    "--",
    "antdb",
    "status",
    "-o",
    "json",
  ];
  const printed = await release.kube.kubectl(command).catch(() => undefined);
  return printed === undefined ? undefined : (JSON.parse(printed) as { drift: string[] }).drift;
}

/** Waits until `antdb status` has nothing to do; fails with what it says is left. */
export async function settled(release: Release): Promise<void> {
  let left: readonly string[] | undefined;
  const nothing = async (): Promise<true | undefined> => {
    left = await driftOf(release);
    return left?.length === 0 ? true : undefined;
  };
  await until("nothing is left to do", nothing).catch(() => expect(left).toEqual([]));
}

/**
 * Waits until nothing is left to do, then looks at everything with the writer at rest: no acknowledged row is missing, the datanodes' rows add up, every list of nodes
 * is the live pods, nobody else is trusted, each pair has one master, nothing is in doubt, and another run has nothing to do.
 */
export async function expectWhole(release: Release, writer: Writer): Promise<void> {
  await settled(release);
  const acked = await writer.pause();
  try {
    let troubles: readonly string[] = [];
    const quiet = async (): Promise<true | undefined> => {
      troubles = await troublesOf(release, acked);
      return troubles.length === 0 ? true : undefined;
    };
    // What a client gave up may still be under way, and pods that left take a moment to be gone.
    await until("nothing is wrong", quiet, 20_000).catch(() => expect(troubles).toEqual([]));
    expect(await inWatcher(release, "reconcile")).toContain(
      "reconcile: nothing to do, the cluster is as the values ask",
    );
  } finally {
    await writer.go();
  }
}
