import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkSubnet,
  chooseSubnet,
  type Occupied,
  occupant,
  overlaps,
} from "../../../ci/cluster/native/subnet.ts";

const route = (cidr: string): Occupied => ({ cidr, what: `route ${cidr} dev tun0` });

describe("the subnet of a native cluster", () => {
  test.each([
    ["10.89.0.0/16", "10.0.0.0/8", true],
    ["10.89.0.0/16", "10.89.255.255", true],
    ["10.89.0.0/16", "10.90.0.0/16", false],
    ["10.89.0.0/16", "10.88.0.0/15", true],
    ["10.89.0.0/16", "10.88.0.0/16", false],
    ["10.89.0.0/16", "0.0.0.0/0", true],
    ["10.89.0.0/16", "192.168.1.7/24", false],
    ["172.16.0.0/16", "172.16.5/24", true],
  ])("%s and %s overlap: %s", (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected);
    expect(overlaps(other, one)).toBe(expected);
  });

  test("the first free one is taken, the default route is in nobody's way", () => {
    expect(chooseSubnet({}, [route("default")])).toBe("10.89");
    expect(chooseSubnet({}, [route("10.89.0.0/24"), route("10.90.3.0/24")])).toBe("10.91");
  });

  test("a cluster keeps the one it has, whatever is asked for", () => {
    expect(chooseSubnet({ recorded: "10.95", asked: "10.200" }, [])).toBe("10.95");
    expect(chooseSubnet({ asked: "10.200" }, [route("10.89.0.0/16")])).toBe("10.200");
  });

  test("what is in the way is named, with the remedy", () => {
    expect(() => chooseSubnet({}, [route("10.0.0.0/8")])).toThrow(
      "10.89.0.0/16 to 10.127.0.0/16 are all in use (route 10.0.0.0/8 dev tun0): give another with --subnet",
    );
    expect(() => chooseSubnet({ asked: "10.200" }, [route("10.200.1.0/24")])).toThrow(
      "subnet 10.200.0.0/16 is in use by route 10.200.1.0/24 dev tun0: give another with --subnet, or none",
    );
    expect(() => chooseSubnet({ recorded: "10.89" }, [route("10.89.1.0/24")])).toThrow(
      "in use by route 10.89.1.0/24 dev tun0: end that, or type cluster:down",
    );
  });

  test("whatever is occupied, the choice overlaps with none of it", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const cidr = fc
      .tuple(fc.integer({ min: 80, max: 130 }), byte, byte, fc.integer({ min: 12, max: 32 }))
      .map(([second, third, fourth, length]) => route(`10.${second}.${third}.${fourth}/${length}`));
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 12 }), (occupied) => {
        let chosen: string;
        try {
          chosen = chooseSubnet({}, occupied);
        } catch {
          return occupied.length > 0;
        }
        return occupant(chosen, occupied) === undefined;
      }),
    );
  });

  test.each(["10.200", "10.200.0.0/16", "172.31", "10.0"])("--subnet %s is a private /16", (text) => {
    expect(checkSubnet(text)).toBe(text.replace(".0.0/16", ""));
  });

  test.each(["", "11.0", "172.15", "172.32", "192.168", "10.256", "10.1.2.0/24", "10.1.0.0/8", "x"])(
    "--subnet %j is refused",
    (text) => {
      expect(() => checkSubnet(text)).toThrow("give a private /16");
    },
  );
});
