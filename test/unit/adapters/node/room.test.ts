import { expect, it } from "vitest";
import { parseRoom } from "../../../../hooks/adapters/node/room.ts";

const head = "Filesystem     1024-blocks      Used Available Capacity Mounted on";

it.each([
  [
    "one volume",
    ["/dev/sdb 100 40 60 40% /var/lib/antdb", "/dev/sdb 100 40 60 40% /var/lib/antdb"],
    { dataFreeBytes: 61_440 },
  ],
  [
    "a volume of its own for the log",
    ["/dev/sdb 100 40 60 40% /var/lib/antdb", "/dev/sdc 20 10 10 50% /var/lib/antdb-wal"],
    { dataFreeBytes: 61_440, walFreeBytes: 10_240 },
  ],
  [
    "names with spaces",
    ["//nas/my share 100 40 60 40% /mnt/my volume", "//nas/my share 100 40 60 40% /mnt/my volume"],
    { dataFreeBytes: 61_440 },
  ],
  ["nothing of the log", ["overlay 100 40 60 40% /"], { dataFreeBytes: 61_440 }],
  ["nothing at all", [], undefined],
])("reads what df says: %s", (_, lines, expected) => {
  expect(parseRoom([head, ...lines, ""].join("\n"))).toEqual(expected);
});
