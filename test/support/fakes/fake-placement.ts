import { Failure } from "../../../hooks/model/failure.ts";
import type { PlacedTable } from "../../../hooks/model/placed-table.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import type { NodeAddress } from "../../../hooks/ports/node.ts";
import type { Placement } from "../../../hooks/ports/placement.ts";
import { isDatanode, type Live } from "./network.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

const down = (node: NodeAddress): Failure =>
  new Failure({ class: "wait", code: "node-down", what: "nothing listens", object: node.name });

/** One table, spread over the datanodes: what lies on one is its share. */
export function makeFakePlacement(world: World, process: Process): Placement {
  const at = (node: NodeAddress): Live => {
    const live = world.network.liveAt({ host: node.address, port: node.port });
    if (live?.disk.name !== node.name) throw down(node);
    return live;
  };
  const share = (datanode: NodeAddress): readonly PlacedTable[] => {
    const { rows } = at(datanode).disk.data;
    return rows === 0 ? [] : [{ database: "app", name: "public.t", bytes: rows * 100, child: false }];
  };
  return {
    tablesOn: ({ coordinator, datanode }, { signal }) =>
      process.reads(async () => {
        await world.clock.sleep(20, signal);
        at(coordinator);
        return share(datanode);
      }),
    moveOff: (_table, { coordinator, datanode }, bounds) =>
      process.changesWorld(`move off ${datanode.name}`, bounds, async (how) => {
        await world.clock.sleep(500, how === undefined ? bounds.signal : undefined);
        return moveRows(world, at(coordinator), at(datanode));
      }),
    unlist: ({ gtm, holders, datanode, silent }, bounds) =>
      process.changesWorld(`unlist ${datanode.name}`, bounds, async (how) => {
        await world.clock.sleep(200, how === undefined ? bounds.signal : undefined);
        at(gtm);
        const lists = holders.map(at);
        const why = lists.map((live) => world.network.whyNoCommit(live)).find((each) => each !== undefined);
        if (why !== undefined)
          throw new Failure({ class: "retry", code: "x", what: why, object: datanode.name });
        // One table, spread over whatever is listed when it is made: a datanode that never ran as a member has no share.
        if (silent !== true && share(datanode).length > 0)
          throw new Failure({ class: "terminal", code: "holds-rows", what: "rows", object: datanode.name });
        for (const { disk } of lists) disk.data.catalog.delete(datanode.name as NodeName);
      }),
  };
}

function moveRows(world: World, coordinator: Live, from: Live): number {
  const { network } = world;
  const partners = network.partners({ at: coordinator, user: network.osUser }, isDatanode);
  const why = network.whyNoDistributedCommit({ at: coordinator, user: network.osUser }, isDatanode);
  const trouble = typeof partners === "string" ? partners : why;
  if (typeof partners === "string" || trouble !== undefined)
    throw new Failure({ class: "retry", code: "x", what: trouble ?? "", object: from.disk.name });
  // ALTER TABLE … DELETE NODE leaves a table to the datanodes it lies on already.
  const rest = partners.filter(({ disk }) => disk.name !== from.disk.name);
  const sharing = rest.filter(({ disk }) => disk.data.rows > 0);
  const others = sharing.length === 0 ? rest : sharing;
  const moved = from.disk.data.rows;
  others.forEach(({ disk }, index) => {
    disk.data.rows += Math.floor((moved + index) / others.length);
  });
  from.disk.data.rows = 0;
  network.settle();
  return moved;
}
