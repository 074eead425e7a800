// Which 10.x.0.0/16 a native cluster takes. Pure: what is in use comes in as data.
import { ClusterFailure } from "../failure.ts";

/** Something that already uses addresses: a route or an address of the machine, or another cluster of ours. */
export interface Occupied {
  /** "10.0.0.0/8", or an address without a length. */
  readonly cidr: string;
  /** What to call it in an error, such as "route 10.0.0.0/8 dev tun0". */
  readonly what: string;
}

/** Tried in this order: 10.89 .. 10.127. */
const candidates = Array.from({ length: 39 }, (_, index) => `10.${89 + index}`);

const toNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const range = (cidr: string): readonly [number, number] => {
  const [address = "", length = "32"] = cidr.split("/");
  const padded = [...address.split("."), "0", "0", "0"].slice(0, 4).join(".");
  const size = 2 ** (32 - Number(length));
  const start = Math.floor(toNumber(padded) / size) * size;
  return [start, start + size - 1];
};

/** True when two networks share an address. */
export const overlaps = (one: string, other: string): boolean => {
  const [startOne, endOne] = range(one);
  const [startOther, endOther] = range(other);
  return startOne <= endOther && startOther <= endOne;
};

/** What uses an address of this /16 ("10.89"), or undefined. */
export const occupant = (subnet: string, occupied: readonly Occupied[]): Occupied | undefined =>
  occupied.find(({ cidr }) => cidr !== "default" && overlaps(`${subnet}.0.0/16`, cidr));

/** Accepts "10.200" or "10.200.0.0/16" within the private ranges that hold a /16. */
export const checkSubnet = (text: string): string => {
  const found = /^(\d{1,3}\.\d{1,3})(?:\.0\.0\/16)?$/.exec(text)?.[1];
  const [first = 0, second = 0] = (found ?? "").split(".").map(Number);
  const isPrivate = (first === 10 && second <= 255) || (first === 172 && second >= 16 && second <= 31);
  if (found === undefined || !isPrivate)
    throw new ClusterFailure(`--subnet ${text}: give a private /16 such as 10.200.0.0/16`);
  return found;
};

/**
 * The /16 for a cluster: the one it has, else the one asked for, else the first free one.
 * @throws ClusterFailure naming what is in the way.
 */
export const chooseSubnet = (
  wanted: { readonly recorded?: string | undefined; readonly asked?: string | undefined },
  occupied: readonly Occupied[],
): string => {
  const fixed = wanted.recorded ?? wanted.asked;
  if (fixed === undefined) {
    const free = candidates.find((subnet) => occupant(subnet, occupied) === undefined);
    if (free !== undefined) return free;
    const first = occupant(candidates[0] ?? "", occupied)?.what ?? "";
    throw new ClusterFailure(
      `10.89.0.0/16 to 10.127.0.0/16 are all in use (${first}): give another with --subnet`,
    );
  }
  const other = occupant(fixed, occupied);
  if (other === undefined) return fixed;
  const remedy =
    wanted.recorded === undefined
      ? "give another with --subnet, or none to have a free one chosen"
      : "end that, or type cluster:down and then cluster:up for this name to get another";
  throw new ClusterFailure(`subnet ${fixed}.0.0/16 is in use by ${other.what}: ${remedy}`);
};
