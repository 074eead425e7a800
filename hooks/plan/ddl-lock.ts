import type { DdlHolder } from "../model/snapshot.ts";
import type { NodeView, World } from "./world.ts";

/** What keeps a master from being appended, and what a person can type to end it. */
export interface Obstacle {
  readonly awaited: string;
  readonly because?: string;
  readonly remedy?: string;
}

interface Held {
  readonly at: NodeView;
  readonly holder: DdlHolder;
}

/** A coordinator carries DDL on to the gtm over a session of its own; who began it is to be seen on the coordinator. */
function isErrand(world: World, { holder }: Held): boolean {
  return (
    holder.kind === "session" &&
    world.nodes.some(({ pod }) => pod?.ip !== undefined && pod.ip === holder.address)
  );
}

const onNode = (world: World, { desired }: NodeView, statement: string): string =>
  `kubectl -n ${world.topology.release.namespace} exec ${desired.pod} -c antdb -- ` +
  `psql -h 127.0.0.1 -p ${desired.port} -d postgres -c "${statement}"`;

function words({ at, holder }: Held): string {
  const where = at.desired.name;
  if (holder.kind === "prepared")
    return `the prepared transaction '${holder.gid}' of ${holder.user} in database ${holder.database} on ${where} has been neither committed nor rolled back since ${holder.since}`;
  const { pid, user, application, address, state, command, since } = holder;
  const from = address === undefined ? "from inside its pod" : `from ${address}`;
  const who = [
    `user ${user}`,
    application === "" ? "no application name" : `application ${application}`,
    from,
  ];
  return `process ${pid} on ${where} (${who.join(", ")}) has kept DDL open since ${since}: ${state}, ${command}`;
}

const howToEnd = (world: World, { at, holder }: Held): string =>
  holder.kind === "prepared"
    ? `one that the engine made itself ends by itself once every node answers; one that somebody prepared has to be decided, as the other nodes have it, by COMMIT PREPARED or: ${onNode(world, at, `ROLLBACK PREPARED '${holder.gid}'`)}`
    : `commit or end it: ${onNode(world, at, `SELECT pg_terminate_backend(${holder.pid})`)}`;

/** Who has the DDL of the cluster, or the lock against it, and does not let go; undefined when nobody has. */
export function ddlObstacle(world: World): Obstacle | undefined {
  const all = world.nodes.flatMap((at) =>
    (at.running?.ddlHolders ?? []).map((holder): Held => ({ at, holder })),
  );
  const first = all.find((held) => !isErrand(world, held)) ?? all[0];
  if (first === undefined) return undefined;
  const others = all.filter((held) => held !== first && !isErrand(world, held)).length;
  const more = others === 0 ? "" : ` (and ${others} more)`;
  return {
    awaited: "DDL that is under way to end",
    because: `it can't be added beside open DDL: ${words(first)}${more}`,
    remedy: howToEnd(world, first),
  };
}
