import type { Closing, Runtime } from "./runtime.ts";

/** Makes the credentials Secret when it is absent. One that exists is never touched: the passwords in it belong to the data. */
export async function runCredentials(
  runtime: Runtime,
  options: { secret: string; username: string; database: string },
): Promise<Closing> {
  const { secret, username, database } = options;
  const data = {
    username,
    database,
    password: runtime.makePassword(),
    "hooks-password": runtime.makePassword(),
  };
  const made = await runtime.openSecretStore().createIfAbsent(secret, data, runtime.stop);
  return {
    exitCode: 0,
    line: `credentials: Secret ${secret} ${made ? "made" : "is there already and was left as it is"}`,
  };
}
