import type { Spreader } from "../../ports/spreader.ts";
import { asking } from "./ask.ts";
import { extend } from "./move-table.ts";
import { endOrphans } from "./mover-session.ts";
import { roomOn } from "./room.ts";
import { onNode, type NodeAccess } from "./session.ts";
import { tablesLacking } from "./spread.ts";

export const makeSpreader = (access: NodeAccess): Spreader => ({
  tablesLacking: ({ coordinator, datanodes }, bounds) =>
    tablesLacking(asking(access, bounds), coordinator, datanodes),
  extend: (table, where, bounds) => extend(access, table, where, bounds),
  endOrphans: (coordinator, bounds) => endOrphans(access, coordinator, bounds),
  roomOn: (node, bounds) =>
    onNode(access, { node, database: "template1", doing: "ask for free space" }, bounds, (work) =>
      roomOn(work, { node: node.name, dataDir: access.dataDir }),
    ),
});
