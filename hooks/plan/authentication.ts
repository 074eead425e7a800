import type { HbaLine, Step } from "../model/action.ts";
import { monitorRole, programRole } from "../model/own-roles.ts";
import type { Concern } from "./concern.ts";
import { willInitialise } from "./initialise.ts";
import { onlyTrustsMore, someoneComes, staleTrust } from "./stale-trust.ts";
import type { NodeView, World } from "./world.ts";

/**
 * A node's whole pg_hba.conf. Order matters, the first match wins: local, live peers without a password (the engine's own connections carry none,
 * manager reference §10-12), the program and then clients by password. Addresses as IP/mask and as methods trust, md5 and reject: the agent reads the file with a parser
 * of its own that knows no names and no `all` (§2.7); md5 takes SCRAM verifiers as well. The address of a pod that is ending is still its own.
 */
export function renderHba(world: World, view: NodeView): readonly HbaLine[] {
  const manager = world.snapshot.pods.get(world.topology.managerPod)?.ip;
  const peers = world.nodes.flatMap((peer) => peer.pod?.ip ?? []);
  const { osUser } = world.topology.engine;
  return [
    "local all all trust",
    "local replication all trust",
    ...(world.topology.monitored ? fromThePod : []),
    "host all all 127.0.0.1/32 trust",
    "host all all ::1/128 trust",
    "host replication all 127.0.0.1/32 trust",
    ...[...(manager === undefined ? [] : [manager]), ...peers].map(
      (address) => `host all all ${address}/32 trust`,
    ),
    ...partners(world, view).map((address) => `host replication ${osUser} ${address}/32 trust`),
    // Behind the peers: a coordinator dials datanodes as the session's own role, this one too, and has no password to give.
    `host all ${programRole} 0.0.0.0/0 md5`,
    ...(view.desired.role === "cn"
      ? [
          `host all ${monitorRole} 0.0.0.0/0 reject`,
          ...world.topology.clientRules.map(
            ({ database, user, cidr, method }) => `host ${database} ${user} ${cidr} ${method}`,
          ),
        ]
      : []),
  ];
}

/** The exporter of the pod itself: by its password, although others there need none. */
const fromThePod = ["127.0.0.1/32", "::1/128"].map((address) => `host all ${monitorRole} ${address} md5`);

/** Those that may stream from this node now or after changing places with it: the other members of its pair. */
function partners(world: World, view: NodeView): readonly string[] {
  const gtm = (node: NodeView): boolean => node.desired.role === "gc" || node.desired.role === "gcs";
  const data = (node: NodeView): boolean => node.desired.role === "dn" || node.desired.role === "ds";
  return world.nodes
    .filter((node) => node !== view)
    .filter(
      (node) =>
        (gtm(view) && gtm(node)) ||
        (data(view) && data(node) && node.desired.ordinal === view.desired.ordinal),
    )
    .flatMap((node) => node.pod?.ip ?? []);
}

const same = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((line, index) => line === right[index]);

/** Rewrites pg_hba.conf where it differs from the live peers. The manager only ever appends, so an old pod's address would stay trusted for ever. */
export const planAuthentication: Concern = (world) => {
  if (!world.initialised && !willInitialise(world)) return { steps: [] };
  const comes = someoneComes(world);
  const steps = world.nodes.flatMap((view): Step[] => {
    const lines = renderHba(world, view);
    const isRightFor = (has: readonly string[]): boolean =>
      same(lines, has) || (comes && onlyTrustsMore(has, lines));
    if (world.initialised && (view.running === undefined || isRightFor(view.running.hba))) return [];
    const stale = world.initialised ? staleTrust(view.running?.hba ?? [], lines) : [];
    const reason = !world.initialised
      ? "INIT ALL leaves the manager's own lines behind"
      : stale.length > 0
        ? `it trusts ${stale.join(", ")}, no longer a peer's address`
        : "it differs from the live peers and the values";
    return [
      {
        action: { kind: "write-hba", target: view.desired.name, lines },
        reason,
        disturbance: "none: a reload, open sessions stay",
      },
    ];
  });
  return { steps };
};
