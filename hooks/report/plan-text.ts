import type { Action, Plan } from "../model/action.ts";
import type { ManagerNode } from "../model/snapshot.ts";

const rebuiltNode = ({ name, kind, master, inCluster }: ManagerNode): string =>
  `${name} (${kind}${master === undefined ? "" : ` of ${master}`}${inCluster ? "" : ", no member"})`;

const otherDetails = (action: Action): string => {
  switch (action.kind) {
    case "label-pod":
      return ` as ${action.state}, pod ${action.pod}`;
    case "set-parameters":
      return ` ${Object.entries(action.settings)
        .map((pair) => pair.join("="))
        .join(" ")}`;
    case "rebuild-catalog":
      return ` with ${action.catalog.nodes.map((node) => rebuiltNode(node)).join(", ")}`;
    case "strike-rows":
      return ` ${action.names.join(" ")}`;
    case "add-rows":
      return ` ${action.rows.map(({ name, host }) => `${name}=${host}`).join(" ")}`;
    case "make-synchronous":
      return ` for ${action.master}`;
    case "drop-slot":
      return ` ${action.slot}`;
    case "append-node":
    case "append-standby":
      return ` as ${action.as}`;
    case "reset-parameters":
      return ` ${action.keys.join(" ")}`;
    default:
      return "";
  }
};

const details = (action: Action): string => {
  switch (action.kind) {
    case "add-host":
      return ` at ${action.address}`;
    case "alter-host":
      return ` ${action.from} -> ${action.address}`;
    case "add-node":
      return ` as ${action.as}${action.follows === undefined ? "" : ` of ${action.follows}`}, port ${action.port}`;
    case "initialise":
      return action.recover ? " (after cleaning up a try that was cut off)" : "";
    case "repoint-gtm":
      return ` to ${action.host}:${action.port}`;
    case "repoint-standby":
      return ` to ${action.master} at ${action.host}:${action.port}`;
    case "repoint-catalog":
      return ` ${action.rows.map((row) => `${row.name}=${row.host}`).join(" ")}`;
    case "wait":
      return ` for ${action.for}`;
    default:
      return otherDetails(action);
  }
};

/** The plan as a person reads it: stage by stage, each action with its reason and who will notice, then what is left alone. */
export function renderPlan(plan: Plan): string {
  const stages = plan.stages.flatMap((stage, index) => [
    `${index + 1}. ${stage.name}`,
    ...stage.steps.map(
      ({ action, reason, disturbance, sessions, remedy }) =>
        `   ${action.kind} ${action.target}${details(action)}\n      because ${reason}; disturbs: ${disturbance}` +
        `${sessions === undefined ? "" : ` (sessions there now: ${sessions})`}${remedy === undefined ? "" : `\n      ${remedy}`}`,
    ),
  ]);
  const alone = plan.leftAlone.map(
    (entry) =>
      `   ${entry.object}: ${entry.reason}${entry.remedy === undefined ? "" : `\n      ${entry.remedy}`}`,
  );
  const nothing = plan.stages.length === 0 && alone.length === 0;
  return [
    ...(nothing ? ["Nothing to do: the cluster is as the values ask."] : stages),
    ...(alone.length === 0 ? [] : ["Left alone:", ...alone]),
    "",
  ].join("\n");
}
