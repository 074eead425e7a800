import { n, topologyOf } from "./topology.ts";
import { healthyDraft, keepNow, podOf, rowOf, runningOf, say, tell, type Draft } from "./snapshot.ts";

/** The cluster whose manager loses its volume. */
export const losing = topologyOf({ cn: 2, dn: 1 });

/** mgr's volume is a new one; what runs and what was kept stays. */
export function lose(draft: Draft): Draft {
  Object.assign(draft, { hosts: [], rows: [], parameters: [], notes: [], departures: [], journal: "none" });
  return draft;
}

/** A cluster whose roles are those of a failover of its pair: ds_0 is master, and dn_0 `became`. */
export function failedOver(became: "standby" | "down"): Draft {
  const draft = healthyDraft(losing);
  const [dn, ds] = [rowOf(draft, "dn_0"), rowOf(draft, "ds_0")];
  const { host, port } = { host: podOf(draft, "ds-0").ip ?? "", port: ds.port };
  Object.assign(ds, { kind: "datanode master", sync: "" });
  delete ds.master;
  Object.assign(dn, { kind: "datanode slave", master: n("ds_0"), sync: "sync" });
  tell(draft, "ds_0", { inRecovery: false });
  for (const holder of ["gc_0", "cn_0", "cn_1"]) {
    const rows = runningOf(draft, holder).catalog;
    const catalog = rows.map((row) => (row.name === "dn_0" ? { name: n("ds_0"), host, port } : row));
    tell(draft, holder, { catalog });
  }
  if (became === "standby") tell(draft, "dn_0", { inRecovery: true, primary: { host, port } });
  else {
    say(draft, "dn_0", { state: "down", detail: "refused" });
    Object.assign(dn, { initialised: false, inCluster: false });
  }
  keepNow(draft);
  return draft;
}

/** Nodes whose postgres does not run. */
export const down = (draft: Draft, ...names: readonly string[]): void => {
  for (const name of names) say(draft, name, { state: "down", detail: "refused" });
};
export const everybody = losing.nodes.map(({ name }) => name);
/** Nothing was kept. */
export const forget = (draft: Draft): void => void (draft.kept = { state: "empty" });
