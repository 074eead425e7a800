/** What initdb copies into a new data directory: the chart's pg_hba.conf.sample. */
export const sampleHba: readonly string[] = [
  "host all antdb_monitor 127.0.0.1/32 md5",
  "host all antdb_monitor ::1/128 md5",
  "local all all trust",
  "host all all 127.0.0.1/32 trust",
  "host all all ::1/128 trust",
  "local replication all trust",
  "host replication all 127.0.0.1/32 trust",
  "host all antdb_hooks 0.0.0.0/0 md5",
];

export interface Visitor {
  readonly database: "replication" | "other";
  readonly user: string;
  readonly address: string;
}

const asNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function covers(network: string, address: string): boolean {
  const [base = "", bits = "32"] = network.split("/");
  if (base.includes(":")) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(asNumber(base) / size) === Math.floor(asNumber(address) / size);
}

/** The method of the first line that matches, as PostgreSQL decides (hba.c); undefined when none does. */
export function methodFor(lines: readonly string[], visitor: Visitor): string | undefined {
  for (const line of lines) {
    const [type, database, user, network = "", method] = line.split(/\s+/);
    if (type !== "host") continue;
    const databaseFits =
      visitor.database === "replication"
        ? database === "replication"
        : database === "all" || database === "app";
    if (databaseFits && (user === "all" || user === visitor.user) && covers(network, visitor.address))
      return method;
  }
  return undefined;
}
