import type { CredentialsOptions, KeyNames } from "./credentials.ts";

const keyKinds = ["hooksPassword", "username", "password", "database", "monitorPassword"] as const;

function keyNames(text: string): KeyNames {
  const given = new Map(
    text.split(",").map((pair): [string, string] => {
      const [kind = "", name = ""] = pair.split("=");
      return [kind, name];
    }),
  );
  const missing = keyKinds.filter((kind) => !given.has(kind));
  if (missing.length > 0) throw new Error(`--keys does not say what ${missing.join(", ")} is called`);
  return Object.fromEntries(keyKinds.map((kind) => [kind, given.get(kind) ?? ""])) as KeyNames;
}

const aboutSecrets = {
  username: { type: "string", default: "app", describe: "the application's role" },
  database: { type: "string", default: "app", describe: "the application's database" },
  existing: { type: "boolean", default: false, describe: "it is the user's: only look whether it is whole" },
  keys: {
    type: "string",
    default:
      "hooksPassword=hooks-password,username=username,password=password,database=database,monitorPassword=monitor-password",
    describe: "what is called what in the Secret; one with no name is not asked for",
    coerce: keyNames,
  },
} as const;

export const credentialsOptions = {
  secret: { type: "string", demandOption: true, describe: "name of the Secret" },
  catalog: { type: "string", demandOption: true, describe: "name of the Secret for the manager's catalog" },
  ...aboutSecrets,
} as const;

/** The guard does it where it is told the Secrets' names. */
export const guardOptions = {
  secret: { type: "string", implies: "catalog", describe: "name of the Secret, made first if it is absent" },
  catalog: { type: "string", implies: "secret", describe: "name of the Secret for the manager's catalog" },
  ...aboutSecrets,
} as const;

type Given = Omit<CredentialsOptions, "secret" | "catalog"> & {
  readonly secret: string | undefined;
  readonly catalog: string | undefined;
};

export const credentialsGiven = ({ secret, catalog, ...rest }: Given): CredentialsOptions | undefined =>
  secret === undefined || catalog === undefined ? undefined : { ...rest, secret, catalog };
