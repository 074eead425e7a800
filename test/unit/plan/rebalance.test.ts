import { describe, expect, it } from "vitest";
import type { SpreadTable, Spreading } from "../../../hooks/model/spread-table.ts";
import { planRebalance } from "../../../hooks/plan/rebalance.ts";
import { lacksOfRoom, lackText, roomNeeded } from "../../../hooks/plan/table-room.ts";

const mib = 1024 ** 2;
const table = (name: string, given: Partial<SpreadTable> = {}): SpreadTable => ({
  database: "app",
  name,
  how: "hash",
  on: ["dn_0", "dn_1"],
  lacks: ["dn_2"],
  rows: 10,
  shares: new Map([
    ["dn_0", { heapBytes: 300 * mib, indexBytes: 30 * mib }],
    ["dn_1", { heapBytes: 300 * mib, indexBytes: 30 * mib }],
  ]),
  unlogged: false,
  ...given,
});
const small = table("public.small", { shares: new Map([["dn_0", { heapBytes: 1, indexBytes: 0 }]]) });
const choice = { mode: "tables", order: "smallest" } as const;
const names = (tables: readonly SpreadTable[]): readonly string[] => tables.map(({ name }) => name);

describe("what is moved", () => {
  it("the smallest first, or the biggest", () => {
    const tables = [table("public.big"), small];
    expect(names(planRebalance(tables, choice).todo)).toEqual(["public.small", "public.big"]);
    const biggest = planRebalance(tables, { ...choice, order: "biggest" });
    expect(names(biggest.todo)).toEqual(["public.big", "public.small"]);
  });

  it.each<[Spreading, "tables" | "all", boolean]>([
    ["hash", "tables", true],
    ["modulo", "tables", true],
    ["round robin", "tables", true],
    ["replicated", "tables", false],
    ["replicated", "all", true],
    ["hashmap", "all", false],
    ["range", "all", false],
    ["list", "all", false],
    ["other", "all", false],
  ])("%s with mode %s: %s", (how, mode, moved) => {
    const plan = planRebalance([table("public.t", { how })], { ...choice, mode });
    expect(plan.todo.length).toBe(moved ? 1 : 0);
    expect(plan.leftAlone.length).toBe(moved ? 0 : 1);
  });

  it.each([
    ["sales.*", ["sales.orders", "sales.x"]],
    ["sales.x", ["sales.x"]],
    ["*.x", ["sales.x", "salesxx.x"]],
    ["sales.", []],
    ["*", ["sales.orders", "sales.x", "salesxx.x"]],
  ])("only tables that %s names", (tables, expected) => {
    const all = ["sales.orders", "sales.x", "salesxx.x"].map((name) => table(name));
    expect(names(planRebalance(all, { ...choice, tables }).todo)).toEqual(expected);
  });

  it("only those of one database", () => {
    const all = [table("public.a"), table("public.b", { database: "other" })];
    expect(names(planRebalance(all, { ...choice, database: "other" }).todo)).toEqual(["public.b"]);
  });
});

describe("the room a table needs", () => {
  it("its share, and its indexes three times over, on every datanode, old or new, and as much in the log", () => {
    const needed = roomNeeded(table("public.t"));
    expect(needed.map(({ node }) => node)).toEqual(["dn_0", "dn_1", "dn_2"]);
    const written = Math.ceil(1.1 * (200 + 60) * mib);
    for (const { dataBytes, walBytes } of needed)
      expect([dataBytes, walBytes]).toEqual([written + 64 * mib, written]);
  });

  it("all of a replicated table on each", () => {
    const [first] = roomNeeded(table("public.t", { how: "replicated" }));
    expect(first?.walBytes).toBe(Math.ceil(1.1 * 390 * mib));
  });

  it("the log takes no more than max_wal_size", () => {
    const shares = new Map([["dn_0", { heapBytes: 90 * 1024 * mib, indexBytes: 0 }]]);
    expect(roomNeeded(table("public.t", { shares }))[0]?.walBytes).toBe(1536 * mib);
  });

  it("is looked for on each volume, of the standby too, and told with both figures", () => {
    const needed = roomNeeded(table("public.t"));
    const rooms = new Map([
      ["dn_0", [{ name: "dn_0", dataFreeBytes: 700 * mib }]],
      [
        "dn_2",
        [
          { name: "dn_2", dataFreeBytes: 400 * mib, walFreeBytes: 200 * mib },
          { name: "ds_2", dataFreeBytes: 400 * mib },
        ],
      ],
    ]);
    expect(lackText(lacksOfRoom(needed, rooms))).toBe(
      "dn_2 needs 286 MiB on its write-ahead log volume and has 200 MiB, ds_2 needs 636 MiB on its data volume and has 400 MiB",
    );
    expect(lacksOfRoom(needed, new Map())).toEqual([]);
  });
});
