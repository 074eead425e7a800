import { initialKind, isStandbyKind, nodeRoles, type NodeRole } from "../model/role.ts";
import type { ClientRule, DesiredNode, NodeName, Topology } from "../model/topology.ts";
import { parametersByRole, type ParameterInput } from "./parameters.ts";

/** The part of the values this room needs; `values/` provides it. */
export interface TopologyInput {
  readonly release: Topology["release"];
  readonly engine: Topology["engine"];
  readonly roles: Readonly<
    Record<NodeRole, { readonly statefulSet: string; readonly replicas: number; readonly port: number }>
  > & {
    readonly mgr: { readonly statefulSet: string };
  };
  readonly clients: { readonly cidrs: readonly string[]; readonly rules: readonly ClientRule[] };
  readonly retention: { readonly whenScaled: Topology["whenScaled"] };
  readonly monitor: { readonly enabled: boolean };
  readonly parameters: ParameterInput & { readonly restartPolicy: Topology["restartPolicy"] };
}

/** dn_0 for the first datanode: the manager's names allow no dash (manager reference §10). */
const nodeName = (role: NodeRole, ordinal: number): NodeName => `${role}_${ordinal}` as NodeName;

/** Every gtm standby follows the one gtm master; ds_i follows dn_i. */
function leader(role: NodeRole, ordinal: number): NodeName | undefined {
  if (!isStandbyKind(initialKind[role])) return undefined;
  return role === "gcs" ? nodeName("gc", 0) : nodeName("dn", ordinal);
}

/** What clients.cidrs stands for. md5 takes SCRAM verifiers as well. */
const everybody = { database: "all", user: "all", method: "md5" };

/** Works the values out to single nodes: pure, and the same for the same values for ever. */
export function makeTopology(input: TopologyInput): Topology {
  const nodes = nodeRoles.flatMap((role) =>
    Array.from({ length: input.roles[role].replicas }, (_, ordinal): DesiredNode => {
      const follows = leader(role, ordinal);
      return {
        name: nodeName(role, ordinal),
        role,
        ordinal,
        pod: `${input.roles[role].statefulSet}-${ordinal}`,
        port: input.roles[role].port,
        ...(follows === undefined ? {} : { follows }),
      };
    }),
  );
  const { mgr, gc, gcs, cn, dn, ds } = input.roles;
  return {
    release: input.release,
    engine: input.engine,
    managerPod: `${mgr.statefulSet}-0`,
    nodes,
    statefulSets: {
      mgr: mgr.statefulSet,
      gc: gc.statefulSet,
      gcs: gcs.statefulSet,
      cn: cn.statefulSet,
      dn: dn.statefulSet,
      ds: ds.statefulSet,
    },
    whenScaled: input.retention.whenScaled,
    clientRules: [...input.clients.rules, ...input.clients.cidrs.map((cidr) => ({ ...everybody, cidr }))],
    monitored: input.monitor.enabled,
    parameters: parametersByRole(input.parameters),
    restartPolicy: input.parameters.restartPolicy,
  };
}
