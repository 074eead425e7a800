// What a manager without any definition refuses, word for word.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type Engine } from "../../support/engine/engine.ts";
import { openSession, type Session } from "../../support/engine/session.ts";

let engine: Engine;
let manager: Session;

beforeAll(async () => {
  engine = await startEngine(0);
  manager = await openSession(engine.url);
});
afterAll(async () => {
  await manager.close();
  await engine.stop();
});

const refusals: readonly (readonly [statement: string, code: string, message: string])[] = [
  ['add hba coordinator x ("host all all 10.0.0.0 8 md5")', "XX000", "the node does not exist in cluster"],
  [
    "append coordinator master x",
    "XX000",
    'coordinator master "x" does not exist or has been inited, incluster.',
  ],
  ["append gtmcoord slave x", "XX000", 'gtmcoord slave "x" does not exist or has been inited, incluster.'],
  ["remove datanode slave x", "42704", 'datanode slave "x" does not exist in cluster'],
  ["remove gtmcoord slave x", "42704", 'gtmcoord slave "x" does not exist in cluster'],
  ["failover datanode x", "XX000", "x does not exist or is not a datanode master node"],
  ["failover gtmcoord x", "XX000", "x does not exist or is not a master gtm coordinator"],
  ["switchover datanode slave x", "XX000", "x does not exist or is not a datanode slave node"],
  ["switchover gtmcoord slave x", "XX000", "x does not exist or is not a gtmcoord slave node"],
  ["switchover datanode master x", "42601", "it is the datanode master, no need switchover"],
  ["rewind datanode slave x", "42704", 'the master of node "x" does not exist'],
  ["rewind gtmcoord slave x", "42704", 'the master of node "x" does not exist'],
  ["clean datanode slave x", "42704", 'datanode slave "x" does not exist'],
  ["clean gtmcoord slave x", "42704", 'gtmcoord slave "x" does not exist'],
  ["monitor datanode slave x", "XX000", 'datanode slave "x" does not exist'],
  ["monitor gtmcoord slave x", "XX000", 'gtm slave "x" does not exist'],
  ["start gtmcoord slave x", "42704", 'gtmcoord slave "x" does not exist'],
  ["alter datanode slave x (port=1)", "42704", 'datanode slave "x" does not exist'],
  ["set doctor node x on", "XX000", "set doctor node failed, the node x may not exists."],
  ["set doctor host x on", "XX000", "set doctor host failed, the host x may not exists."],
  ["set doctor (foo=1)", "22023", "unrecognize antdb doctor conf key:foo"],
  ["set doctor (nodedeadline=0)", "22023", "nodedeadline must between 1 and 7200"],
  ["show boottime datanode slave x", "XX000", 'datanode slave "x" does not exist'],
  ["monitor ha x", "XX000", 'node name "x" does not exist'],
  ["init all (walsegsize=3)", "42601", "The value of walsegsize must be a power of 2 between 1 and 1024."],
  ["init all (foo=3)", "42704", "there is not any gtmcoord in the node table"],
  ["init all", "42704", "there is not any gtmcoord in the node table"],
  ["deploy x", "XX000", 'host name "x" does not exist'],
  ["start agent x", "XX000", 'host name "x" does not exist'],
  ["stop agent x", "XX000", 'host name "x" does not exist'],
  ["monitor agent x", "XX000", 'host name "x" does not exist'],
  ["list param datanode slave x", "XX000", 'datanode slave "x" does not exist'],
  ["add host h (port=abc)", "42601", "port requires an integer value"],
  ["add host h (address)", "42601", "address requires a parameter"],
  [
    "add host h (protocol=foo, address='1.2.3.4')",
    "42601",
    'invalid value for parameter "protocol": "foo", must be "telnet" or "ssh"',
  ],
  ["add host h (address='1.2.3.4', port='22')", "42601", "port requires an integer value"],
  ["add host h (address='1.2.3.4', port=22.5)", "42601", "port requires an integer value"],
  ["set datanode all () force", "42601", 'syntax error at or near ")"'],
  ["set datanode all (a) force", "42601", "a requires a parameter"],
  ["set datanode all (a=) force", "42601", 'syntax error at or near ")"'],
  ["reset datanode all (nothing)", "42704", 'unrecognized configuration parameter "nothing"'],
  ["show param x y", "42704", 'the node "x" does not exist'],
  ["list node host x", "XX000", 'host name "x" does not exist'],
  ["list node datanode master x", "XX000", 'datanode master "x" does not exist'],
  ["list node (nope)", "42703", 'column "nope" does not exist'],
  ["drop gtmcoord slave x", "42704", 'gtmcoord slave "x" does not exist'],
  ["add datanode slave a for b (host=c)", "42704", 'datanode master "b" does not exist in mgr_node.'],
  ["add coordinator slave a for b (host=c)", "42704", 'coordinator master "b" does not exist in mgr_node.'],
  ["add gtmcoord slave a for b (host=c)", "42704", 'gtmcoord master "b" does not exist in mgr_node.'],
  ["add datanode master a", "42601", 'option "path" must be given'],
  ["add datanode master a (sync_state=sync, host=c, port=1, path='/p')", "42601", 'host "c" does not exist'],
];

describe("refusals", () => {
  test.each(refusals)("%s", async (statement, code, message) => {
    expect(await manager.run(statement)).toMatchObject({ code, message });
  });
});
