import { Failure } from "../model/failure.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** What an entry is → the name it has in the Secret. */
export type KeyNames = Readonly<
  Record<"hooksPassword" | "username" | "password" | "database" | "monitorPassword", string>
>;

export interface CredentialsOptions {
  readonly secret: string;
  /** The Secret that the program keeps the manager's catalog in: made empty. */
  readonly catalog: string;
  readonly username: string;
  readonly database: string;
  readonly keys: KeyNames;
  /** The user's own Secret: it is looked at, and never written. */
  readonly existing: boolean;
}

const made = (line: string): Closing => ({ exitCode: 0, line: `credentials: ${line}` });

/**
 * The Secret for the manager's catalog comes first: where the pods wait for the credentials, they wait for it too. Its content is the program's, never this Job's.
 */
export async function runCredentials(runtime: Runtime, options: CredentialsOptions): Promise<Closing> {
  await runtime.openSecretStore().createIfAbsent(options.catalog, {}, runtime.stop);
  return options.existing ? await checkExisting(runtime, options) : await makeCredentials(runtime, options);
}

/**
 * Makes the credentials Secret when it is absent. What is in one that exists is never touched, for the passwords belong to the data; only the entry
 * for the exporters is added, which Secrets of older releases lack.
 */
async function makeCredentials(runtime: Runtime, options: CredentialsOptions): Promise<Closing> {
  const { secret, username, database, keys } = options;
  const store = runtime.openSecretStore();
  const data = {
    [keys.username]: username,
    [keys.database]: database,
    [keys.password]: runtime.makePassword(),
    [keys.hooksPassword]: runtime.makePassword(),
    [keys.monitorPassword]: runtime.makePassword(),
  };
  if (await store.createIfAbsent(secret, data, runtime.stop)) return made(`Secret ${secret} made`);
  const found = await store.readKeys(secret, runtime.stop);
  if (found?.includes(keys.monitorPassword) === true)
    return made(`Secret ${secret} is there already and was left as it is`);
  await store.addKey(secret, keys.monitorPassword, runtime.makePassword(), runtime.stop);
  return made(`Secret ${secret} is there already: ${keys.monitorPassword} was added, the rest left as it is`);
}

/** Before anything is changed: pods of a Secret that lacks an entry would wait for it for ever. */
async function checkExisting(runtime: Runtime, { secret, keys }: CredentialsOptions): Promise<Closing> {
  const found = await runtime.openSecretStore().readKeys(secret, runtime.stop);
  // A parent chart's own Secret is only made after this.
  if (found === undefined) return made(`Secret ${secret} is not there yet: the pods will wait for it`);
  const wanted = Object.values(keys).filter((key) => key !== "");
  const missing = wanted.filter((key) => !found.includes(key));
  if (missing.length === 0) return made(`Secret ${secret} has every entry`);
  const data = JSON.stringify({ stringData: Object.fromEntries(missing.map((key) => [key, "…"])) });
  const off = missing.includes(keys.monitorPassword)
    ? ", or switch the exporter off (exporters.postgres.enabled=false)"
    : "";
  throw new Failure({
    class: "terminal",
    code: "secret-incomplete",
    what: `it lacks ${missing.join(", ")}`,
    object: `Secret ${secret}`,
    remedy: `add it (kubectl patch secret ${secret} --type merge -p '${data}')${off}`,
  });
}
