import type { ActionKind } from "../model/action.ts";

/**
 * Stages in the order in which they are carried out; after each the world is read again. The order is the point:
 * addresses before anything that makes the manager connect (two hosts with one address make it hit the wrong node, manager reference §4.4),
 * authentication before replication, replication before any commit (a commit waits for its standby), catalogs before clients. A standby that streams is waited for again before anything is taken out,
 * restarted or added: none of that is to happen while a lost master would take acknowledged rows with it.
 * Stages `aside` touch no node and nothing the plan looks at: they are carried out with each reading, whatever else it asks for, so that what is wrong with
 * one node keeps no other from its clients. Of a `single` stage one step is carried out, and then the world is read again: the rest is a forecast.
 * Steps of a `staggered` stage go side by side, but each begins only when the one before it is past what could collide.
 * What `heals` is also carried out while a standby does not start: it may be broken for good, and the others are healed without it.
 * Of a stage with `atOnce` so many steps go at a time, in their order: the gtm's come first, which whoever is started asks first, and not after thirty others.
 * What may go `besideStarts` asks only of nodes that run what their present addresses alone decide: it does not wait for those that are started.
 */
export const stages: readonly {
  readonly name: string;
  readonly kinds: readonly ActionKind[];
  readonly together: boolean;
  readonly aside?: boolean;
  readonly single?: boolean;
  readonly staggered?: boolean;
  readonly heals?: boolean;
  readonly besideStarts?: boolean;
  readonly atOnce?: number;
}[] = [
  { name: "lead clients away", kinds: ["withdraw-pod"], together: true, aside: true },
  { name: "rebuild the manager's catalog", kinds: ["rebuild-catalog"], together: false },
  { name: "forget hosts without nodes", kinds: ["drop-host"], together: false },
  { name: "correct host addresses", kinds: ["alter-host"], together: false },
  { name: "register hosts", kinds: ["add-host"], together: false },
  { name: "define nodes", kinds: ["add-node"], together: false },
  {
    name: "set parameters",
    kinds: ["set-parameters", "reset-parameters", "reload-settings", "forget-parameters"],
    together: false,
  },
  { name: "forget the catalog of a cluster that is gone", kinds: ["forget-catalog"], together: false },
  { name: "initialise the cluster", kinds: ["initialise"], together: false },
  { name: "start nodes", kinds: ["start-node"], together: true },
  { name: "let the program in", kinds: ["grant-access"], together: false },
  {
    name: "authentication and gtm address",
    kinds: ["write-hba", "repoint-gtm"],
    together: true,
    atOnce: 8,
    heals: true,
    besideStarts: true,
  },
  { name: "point standbys at their masters", kinds: ["repoint-standby"], together: true, heals: true },
  { name: "wake what waits for the gtm", kinds: ["reconnect-gtm"], together: true, heals: true },
  {
    name: "correct node catalogs",
    kinds: ["repoint-catalog"],
    together: true,
    heals: true,
    besideStarts: true,
  },
  { name: "have masters wait for their standbys", kinds: ["make-synchronous"], together: true, heals: true },
  { name: "take empty datanodes off the lists", kinds: ["unlist-datanode"], together: false },
  { name: "take what a failed append left off the lists", kinds: ["strike-rows"], together: true },
  { name: "complete the lists of new coordinators", kinds: ["add-rows"], together: true },
  { name: "take nodes out", kinds: ["remove-node"], together: false },
  { name: "strike empty datanodes out", kinds: ["expel-datanode"], together: false },
  { name: "forget nodes that are out", kinds: ["drop-node"], together: false },
  { name: "restart nodes", kinds: ["restart-node"], together: false, single: true },
  { name: "drop slots of nodes that are gone", kinds: ["drop-slot"], together: true },
  { name: "forget appends that are whole", kinds: ["forget-append"], together: false },
  { name: "clear what a failed append left", kinds: ["clear-append"], together: true },
  { name: "append nodes", kinds: ["append-node"], together: false },
  { name: "append standbys", kinds: ["append-standby"], together: true, staggered: true },
  { name: "client role", kinds: ["make-client-role"], together: false },
  { name: "client database", kinds: ["make-client-database"], together: false },
  { name: "seal the initialisation", kinds: ["seal-initialisation"], together: false },
  { name: "monitoring role", kinds: ["make-monitor-role", "make-manager-monitor-role"], together: true },
  { name: "state labels", kinds: ["label-pod"], together: true, aside: true },
  { name: "keep the manager's catalog", kinds: ["keep-catalog"], together: false, aside: true },
  { name: "the manager's own way", kinds: ["flush-hosts"], together: false },
  { name: "wait", kinds: ["wait"], together: true },
];

export const stageOf = (kind: ActionKind): number => stages.findIndex((stage) => stage.kinds.includes(kind));
