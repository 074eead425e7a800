import { Failure } from "../../../hooks/model/failure.ts";
import { managerNotTrusted } from "../../../hooks/ports/manager.ts";
import { createRole } from "./distributed.ts";
import type { Statement } from "./manager-server.ts";
import type { World } from "./world.ts";

const failed = (address: string, what: string, code = "node-shell-failed"): Failure =>
  new Failure({ class: "retry", code, what, object: `node at ${address}` });

const roleStatement = /ROLE (\w+) SUPERUSER LOGIN PASSWORD ''(SCRAM-SHA-256\$[^']+)''/;

/** psql in mgr's pod, as the OS user and without a password: let in only where mgr's present address is trusted. */
export async function runFromManager(
  world: World,
  node: { address: string; port: number },
  statements: readonly string[],
  statement: Statement,
): Promise<void> {
  await statement.takes(30);
  const own = [...world.pods.values()].find(({ role }) => role === "mgr")?.ip ?? "";
  world.network.dial(node.address, world.network.osUser);
  const live = world.network.liveAt({ host: node.address, port: node.port });
  if (live === undefined) throw failed(node.address, "psql: could not connect to server");
  if (!world.network.admitsPeer(live, own))
    throw failed(node.address, `psql: no pg_hba.conf entry for host "${own}"`, managerNotTrusted);
  for (const text of statements) {
    const [, role, verifier] = roleStatement.exec(text) ?? [];
    if (role === undefined || verifier === undefined)
      throw failed(node.address, `psql: syntax error at ${text}`);
    const why = createRole(
      world,
      { at: live, user: world.network.osUser },
      { name: role, password: verifier },
    );
    if (why !== undefined) throw failed(node.address, `psql: ERROR: ${why}`);
  }
}
