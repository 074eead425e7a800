import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { assertNever } from "../../../hooks/kit/assert-never.ts";
import { backoffDelaysMs } from "../../../hooks/kit/backoff.ts";
import { Secret } from "../../../hooks/kit/secret.ts";
import { byKeys } from "../../../hooks/kit/sort.ts";

describe("Secret", () => {
  it("is printed by nothing but reveal()", () => {
    const secret = new Secret("hunter2");
    const printed = [
      String(secret),
      secret.toString(),
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      JSON.stringify(Object.entries(secret)),
    ].join();
    expect(printed).not.toContain("hunter2");
    expect(secret.reveal()).toBe("hunter2");
  });
});

describe("byKeys", () => {
  it("sorts by the first key, then by the next", () => {
    const items = [
      { a: "b", n: 1 },
      { a: "a", n: 2 },
      { a: "a", n: 10 },
      { a: "B", n: 0 },
    ];
    const sorted = items.toSorted(
      byKeys(
        ({ a }) => a,
        ({ n }) => n,
      ),
    );
    expect(sorted.map(({ a, n }) => `${a}${n}`)).toEqual(["B0", "a2", "a10", "b1"]);
  });

  it("keeps what compares equal in its order", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.nat({ max: 3 }) })), (items) => {
        const sorted = items.toSorted(byKeys(({ key }) => key));
        for (const key of [0, 1, 2, 3])
          expect(sorted.filter((item) => item.key === key)).toEqual(items.filter((item) => item.key === key));
      }),
    );
  });
});

describe("backoffDelaysMs", () => {
  it("grows by half each time up to the most", () => {
    const delays = backoffDelaysMs(200, 1000);
    expect(Array.from({ length: 7 }, () => delays.next().value)).toEqual([
      200, 300, 450, 675, 1000, 1000, 1000,
    ]);
  });
});

describe("assertNever", () => {
  it("names the value that should not be", () => {
    expect(() => assertNever({ kind: "odd" } as never)).toThrow('unexpected value: {"kind":"odd"}');
  });
});
