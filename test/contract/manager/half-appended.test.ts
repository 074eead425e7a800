// What an APPEND leaves that broke off in its last steps, and that STOP, DROP NODE, CLEAN and a second APPEND lead to a whole member.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { saysNotRunning } from "../../../hooks/adapters/manager/classify.ts";
import { hasAgents, isStandIn } from "../../support/engine/engine.ts";
import type { Outcome } from "../../support/engine/session.ts";
import { names, SmallCluster, statuses, type Name } from "../../support/engine/small-cluster.ts";

let cluster: SmallCluster;
const run = (statement: string): Promise<Outcome> => cluster.manager.run(statement);
const flags = async (): Promise<unknown> => (await run("list node (initialized, incluster) cn_1")).rows;
const listed = async (holder: Name): Promise<unknown> =>
  (await cluster.ask(holder, "select count(*)::int from pgxc_node where node_name = 'cn_1'")).rows;

async function define(): Promise<void> {
  const { address, port, folder } = cluster.engine.agents[names.length]!;
  const user = cluster.engine.owner === undefined ? "" : `, user=${cluster.engine.owner}`;
  await cluster.must(`add host cn_1 (address='${address}', agentport=${port}${user})`, "ADD HOST");
  const where = `(host=cn_1, port=${cluster.engine.ports.cn}, path='${folder}/data')`;
  await cluster.must(`add coordinator master cn_1 ${where}`, "ADD NODE");
}

// On the engine itself CREATE NODE that fails takes the whole manager down for some seconds (seen): it ends every session, and comes back with the same state.
describe.skipIf(!isStandIn || !hasAgents(names.length + 1))("an APPEND that breaks off", () => {
  beforeAll(async () => {
    cluster = await SmallCluster.start(1);
    expect(statuses(await run("init all")).every(Boolean)).toBe(true);
    await define();
    const row = `CREATE NODE cn_1 WITH (TYPE='coordinator', HOST='127.0.0.99', PORT=1)`;
    expect(await cluster.ask("cn_0", row)).toMatchObject({ tag: "CREATE NODE" });
  });
  afterAll(() => cluster.stop());

  test("STOP of what was never made says so in words the program takes for nothing to stop", async () => {
    const { rows } = await run("stop coordinator master cn_1 mode fast");
    expect(rows?.[0]?.[1]).toBe(false);
    expect(saysNotRunning(String(rows?.[0]?.[2]))).toBe(true);
  });

  test("a row of that name on one list breaks it: by then its directory is full and it runs", async () => {
    const outcome = await run("append coordinator master cn_1");
    expect(outcome.message).toMatch(/cn_1.*already (defined|exists)/i);
    expect(await flags()).toEqual([[false, false]]);
    expect((await run("append coordinator master cn_1")).message).toContain("is not empty");
  }, 180_000);

  test("CLEAN wants it stopped, and STOP works on what is no member", async () => {
    expect(await run("clean coordinator master cn_1")).toMatchObject({
      code: "55006",
      message: 'coordinator master "cn_1" is running, cannot be cleaned, stop it first',
    });
    expect(statuses(await run("stop coordinator master cn_1 mode fast"))).toEqual([true]);
    expect(statuses(await run("clean coordinator master cn_1"))).toEqual([true]);
  });

  test("once off every list it is appended", async () => {
    // Lists are gone through in the order of the manager's own table: whether gc's has it already is chance.
    await cluster.ask("gc_0", "DROP NODE cn_1");
    expect(await cluster.ask("cn_0", "DROP NODE cn_1")).toMatchObject({ tag: "DROP NODE" });
    for (const holder of ["gc_0", "cn_0"] as const) expect(await listed(holder)).toEqual([[0]]);
    expect((await run("append coordinator master cn_1")).rows).toEqual([["cn_1", true, "success"]]);
    expect(await flags()).toEqual([[true, true]]);
    expect(await listed("gc_0")).toEqual([[1]]);
    expect(await listed("cn_0")).toEqual([[1]]);
  }, 180_000);
});
