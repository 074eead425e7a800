import { bytesText } from "../kit/bytes.ts";
import type { NodeRoom, SpreadTable } from "../model/spread-table.ts";

/** What one datanode needs while a table is extended, beside what it has. */
export interface RoomNeeded {
  readonly node: string;
  readonly dataBytes: number;
  readonly walBytes: number;
}

/** max_wal_size is 1 GB, and soft: 1.4 GB were seen. */
const mostWalBytes = 1.5 * 1024 ** 3;
const reserveBytes = 64 * 1024 ** 2;
/** Rows hash unevenly, and sizes are those of a moment ago. */
const margin = 1.1;
/**
 * Built twice before the first is given back, by the swap of files, then by REINDEX (src/backend/pgxc/locator/redistrib.c), and sorted in files meanwhile. Measured: a
 * share of 173 MB and 201 MB of indexes took 733 MB beside what was there.
 */
const indexBuilds = 3;

/**
 * Every datanode, old or new, writes its share anew beside what it has: the old files are given back at the commit. A replicated table is written anew on all
 * of them, too.
 */
export function roomNeeded({ how, on, lacks, shares }: SpreadTable): readonly RoomNeeded[] {
  const nodes = [...on, ...lacks];
  const all = [...shares.values()];
  const whole = (part: "heapBytes" | "indexBytes"): number =>
    how === "replicated"
      ? Math.max(0, ...all.map((share) => share[part]))
      : all.reduce((sum, share) => sum + share[part], 0) / nodes.length;
  const written = Math.ceil(margin * (whole("heapBytes") + indexBuilds * whole("indexBytes")));
  const walBytes = Math.min(written, mostWalBytes);
  return nodes.map((node) => ({ node, dataBytes: written + reserveBytes, walBytes }));
}

/** One volume that lacks room. */
export interface LackOfRoom {
  readonly node: string;
  readonly volume: "data" | "write-ahead log";
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/**
 * @param rooms of a datanode and of its standby, which writes the same, by datanode
 * @param extra more that a node needs: the coordinator for an unlogged table
 */
export function lacksOfRoom(
  needed: readonly RoomNeeded[],
  rooms: ReadonlyMap<string, readonly (NodeRoom & { readonly name: string })[]>,
): readonly LackOfRoom[] {
  return needed.flatMap(({ node, dataBytes, walBytes }) =>
    (rooms.get(node) ?? []).flatMap(({ name, dataFreeBytes, walFreeBytes }): LackOfRoom[] => {
      const own = walFreeBytes !== undefined;
      const data = dataBytes + (own ? 0 : walBytes);
      const lacks: LackOfRoom[] = [
        { node: name, volume: "data", neededBytes: data, freeBytes: dataFreeBytes },
        ...(own
          ? [
              {
                node: name,
                volume: "write-ahead log" as const,
                neededBytes: walBytes,
                freeBytes: walFreeBytes,
              },
            ]
          : []),
      ];
      return lacks.filter(({ neededBytes, freeBytes }) => freeBytes < neededBytes);
    }),
  );
}

export const lackText = (lacks: readonly LackOfRoom[]): string =>
  lacks
    .map(
      ({ node, volume, neededBytes, freeBytes }) =>
        `${node} needs ${bytesText(neededBytes)} on its ${volume} volume and has ${bytesText(freeBytes)}`,
    )
    .join(", ");
