import type { ParameterScope, Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";

/** The letter mgr_updateparm.updateparmnodetype has for a whole group (manager reference §3). */
const groupLetter: Readonly<Record<ParameterScope, string>> = {
  gtmcoord: "G",
  coordinator: "C",
  datanode: "D",
};

/** Set before INIT ALL so that every node is born with them; each with its reason. */
const fromBirth: readonly {
  readonly scope: ParameterScope;
  readonly key: string;
  readonly value: string;
  readonly reason: string;
}[] = [
  {
    scope: "gtmcoord",
    key: "wal_log_hints",
    value: "on",
    reason: "without it a former gtm master cannot be rewound into a standby",
  },
  {
    scope: "datanode",
    key: "wal_log_hints",
    value: "on",
    reason: "without it a former datanode master cannot be rewound into a standby",
  },
];

/** Parameters a cluster must be born with. Later changes need restarts and are not made here. */
export const planParameters: Concern = (world) => {
  if (world.initialised) return { steps: [] };
  const missing = fromBirth.filter(
    ({ scope, key, value }) =>
      !world.manager.parameters.some(
        (row) =>
          row.node === "*" && row.kind === groupLetter[scope] && row.key === key && row.value === value,
      ),
  );
  return {
    steps: missing.map(({ scope, key, value, reason }): Step => ({
      action: { kind: "set-parameter", target: scope, key, value },
      reason,
      disturbance: "none",
    })),
  };
};
