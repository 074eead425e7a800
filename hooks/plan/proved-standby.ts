import type { LeftAlone } from "../model/action.ts";
import { isStandbyKind } from "../model/role.ts";
import { synchronousNames } from "../model/parameter-rules.ts";
import { unclear } from "./leader.ts";
import { keptRow, type Proof } from "./proof.ts";
import type { NodeView } from "./world.ts";

/** Names in synchronous_standby_names: `FIRST 1 (ds_0,ds_9)`, `1 (ds_0)` or a bare list. */
const namesIn = (text: string): readonly string[] => text.match(/[a-z_][a-z0-9_]*/g) ?? [];

const awaitedBy = ({ running }: NodeView): readonly string[] | undefined => {
  const setting = running?.settings?.get(synchronousNames);
  return setting === undefined ? undefined : namesIn(setting.value);
};

/** It streams from where the cluster has, or had, this master. */
function followsAddressOf(proof: Proof, view: NodeView, leader: NodeView): boolean {
  const primary = view.running?.primary;
  if (primary === undefined || primary.port !== leader.desired.port) return false;
  const listed = proof.listed?.get(leader.desired.name)?.host;
  const host = keptRow(proof, leader)?.host;
  const kept = proof.kept?.hosts.find(({ name }) => name === host)?.address;
  return [leader.address, listed, kept].includes(primary.host);
}

const keptAsStandby = (proof: Proof, view: NodeView): boolean => {
  const row = keptRow(proof, view);
  return row?.inCluster === true && isStandbyKind(row.kind);
};

/**
 * Whether it is this master's standby. One that runs shows it: its control file is of the master's own system, or it streams from the master's address. One that does not
 * was kept as one, or its master waits for it.
 */
export function isStandbyOf(proof: Proof, view: NodeView, leader: NodeView): boolean | LeftAlone {
  const { name } = view.desired;
  const { running } = view;
  if (running === undefined) {
    const lists = leader.running?.standbys.some((standby) => standby.name === name) === true;
    return lists || keptAsStandby(proof, view) || awaitedBy(leader)?.includes(name) === true;
  }
  const master = leader.running?.systemId;
  if (master !== undefined && running.systemId !== undefined)
    return running.systemId === master
      ? true
      : unclear(
          name,
          `it runs on a volume that is not of ${leader.desired.name}'s cluster (their system identifiers differ)`,
          "put its own volume back, or stop it and take its claim away",
        );
  return followsAddressOf(proof, view, leader) || keptAsStandby(proof, view)
    ? true
    : unclear(
        name,
        `nothing proves it ${leader.desired.name}'s standby, which does not run`,
        `start ${leader.desired.name} by hand (kubectl exec ${leader.desired.pod} -c antdb -- pg_ctl start -D <its directory>)`,
      );
}

/** Whether commits wait for it, as its master has it set; as it was kept where the master can't be asked. */
export const isSynchronous = (proof: Proof, view: NodeView, leader: NodeView): boolean =>
  awaitedBy(leader)?.includes(view.desired.name) ?? keptRow(proof, view)?.sync !== "async";
