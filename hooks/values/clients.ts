import { z } from "zod";

const ipv4Cidr = z.cidrv4("must be an IPv4 network such as 10.0.0.0/8");

/** The agent reads pg_hba.conf with a parser of its own that knows plain words only (src/bin/agent/hba_scan.l); the program's roles have lines of their own. */
const word = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, "must be a plain lower-case name, or all")
  .refine((name) => !["antdb_hooks", "antdb_monitor"].includes(name), "is a role of the chart's own")
  .refine((name) => name !== "replication", "would let a client copy a whole node");

/** Whom the coordinators let in. */
export const clientsSchema = z.strictObject({
  cidrs: z.array(ipv4Cidr),
  rules: z.array(
    z.strictObject({
      database: word,
      user: word,
      cidr: ipv4Cidr,
      // `trust` would be no password at all; `cert` needs TLS, which the chart has none of.
      method: z.enum(["scram-sha-256", "md5", "reject"]),
    }),
  ),
});
