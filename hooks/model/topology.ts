import type { Settings } from "./parameter.ts";
import type { NodeRole, Role } from "./role.ts";

/** A node (and its host, which has the same name) as the manager knows it: `dn_0`. Always `^[a-z_][a-z0-9_]{0,62}$`. */
export type NodeName = string & { readonly __brand: "NodeName" };

/** An AntDB node that the values ask for. */
export interface DesiredNode {
  readonly name: NodeName;
  readonly role: NodeRole;
  readonly ordinal: number;
  /** The pod that carries it: `antdb-dn-0`. */
  readonly pod: string;
  readonly port: number;
  /** The node it follows when it is first made; absent for masters and coordinators. */
  readonly follows?: NodeName;
}

/** The Lease of whoever moves tables; the chart's Roles allow this name. */
export const moverLease = ({ fullname }: { readonly fullname: string }): string => `${fullname}-mover`;

/** Where the engine's files are in every pod, and who owns them. */
export interface Engine {
  readonly home: string;
  /** The OS user of agents and nodes, and so the superuser's name on every node (manager reference §1.4). */
  readonly osUser: string;
  /** The node's directory, the same in every pod; also the manager's own. */
  readonly dataDir: string;
  readonly agentPort: number;
  readonly managerPort: number;
}

/** What the values ask for, worked out to single nodes. Nothing in it depends on the state of the world. */
export interface Topology {
  readonly release: { readonly name: string; readonly namespace: string; readonly fullname: string };
  readonly engine: Engine;
  readonly managerPod: string;
  /** Sorted by role (start order), then ordinal. */
  readonly nodes: readonly DesiredNode[];
  /** The StatefulSet of each role, to name in messages. */
  readonly statefulSets: Readonly<Record<Role, string>>;
  /** What becomes of the volume of a pod that is scaled away. */
  readonly whenScaled: "Retain" | "Delete";
  /** Who is let in at coordinators; the first that fits decides. */
  readonly clientRules: readonly ClientRule[];
  /** An exporter in each pod logs in as the monitoring role. */
  readonly monitored: boolean;
  /** What each role's nodes are to have in postgresql.conf beside what the manager writes; a standby role's includes its master role's. */
  readonly parameters: Readonly<Record<NodeRole, Settings>>;
  /** `rolling`: nodes are restarted one at a time for parameters that need it; `manual`: they are only listed. */
  readonly restartPolicy: "manual" | "rolling";
}

/** A line for clients in pg_hba.conf. */
export interface ClientRule {
  readonly database: string;
  readonly user: string;
  readonly cidr: string;
  readonly method: string;
}
