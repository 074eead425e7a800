/** The vocabulary of the values schema: draft-07, since that is all that helm before 3.18 understands. */

/** A JSON schema, or a part of one. */
export type Schema = { readonly [key: string]: unknown };

/** An object that knows its keys: any other is refused, and helm's message names the path. */
export const strict = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: "object",
  additionalProperties: false,
  properties,
});

/** A map from names of the user's choice. */
export const mapOf = (value: Schema): Schema => ({ type: "object", additionalProperties: value });

/** A map from pods' ordinals. */
export const byOrdinal = (value: Schema): Schema => ({
  type: "object",
  additionalProperties: false,
  patternProperties: { "^(0|[1-9][0-9]*)$": value },
});

/** Points to a part under `definitions`. */
export const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

export const text: Schema = { type: "string" };
export const pattern = (regex: string): Schema => ({ type: "string", pattern: regex });
export const oneOf = (...values: readonly string[]): Schema => ({ type: "string", enum: values });
export const whole = (minimum: number, maximum: number): Schema => ({ type: "integer", minimum, maximum });
/** The schema of one type, or null for what the chart or Kubernetes chooses. */
export const nullable = (schema: Schema): Schema => ({ ...schema, type: [schema["type"], "null"] });
export const listOf = (items: Schema, extra: Schema = {}): Schema => ({ type: "array", items, ...extra });

/** A part of a Kubernetes object, passed on as it is: the API server judges it. */
export const raw: Schema = { type: "object" };

/** What Kubernetes accepts in a label's or annotation's value: strings only, or it refuses the whole object. */
export const strings: Schema = mapOf(text);

/** A Kubernetes quantity: 500m, 2, 1G, 256Mi. */
export const quantity: Schema = {
  title: "quantity",
  anyOf: [
    { type: "number", exclusiveMinimum: 0 },
    pattern("^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"),
  ],
};

/** What PostgreSQL takes as a name without quotes. */
export const sqlName = pattern("^[a-z_][a-z0-9_]{0,62}$");

/** An object's name in Kubernetes, or nothing. */
export const nameOrEmpty = pattern("^([a-z0-9]([-.a-z0-9]*[a-z0-9])?)?$");

// Go's regular expressions know no look-ahead, so the numbers are spelt out.
const byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const ipv4 = `${byte}(\\.${byte}){3}`;

/** An IPv4 address. */
export const ipv4Address = pattern(`^${ipv4}$`);

/** An IPv4 address, or nothing. */
export const ipv4OrEmpty = pattern(`^(${ipv4})?$`);

/** An IPv4 network, address/length: the engine's agent can't read anything else in pg_hba.conf. */
export const ipv4Network = pattern(`^${ipv4}/(3[0-2]|[12]?[0-9])$`);

/** A key of a Secret's data. */
export const secretKey = pattern("^[-._a-zA-Z0-9]{1,253}$");

/** The program's own roles have lines of their own; `replication` as a database would let somebody copy a node. */
const hbaName = {
  ...pattern("^[a-z_][a-z0-9_]{0,62}$"),
  // Not in the pattern: helm reads it by Go's rules, which know no look-ahead.
  not: oneOf("antdb_hooks", "antdb_monitor", "replication"),
};

/** A line for clients in pg_hba.conf. The agent reads that file with a parser that knows plain words and IPv4 networks only; without TLS there is no `cert`. */
export const clientRule = {
  ...strict({
    database: hbaName,
    user: hbaName,
    cidr: ipv4Network,
    method: oneOf("scram-sha-256", "md5", "reject"),
  }),
  required: ["database", "user", "cidr", "method"],
};
