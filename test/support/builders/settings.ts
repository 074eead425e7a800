import type { NodeSetting } from "../../../hooks/model/parameter.ts";
import type { NodeKind } from "../../../hooks/model/role.ts";

export const limits = ["max_coordinators", "max_datanodes"];
const limitType = { type: "integer", min: 2, max: 65535 } as const;

/** A node's settings as it was born with them. */
export const settings = (kind: NodeKind): [string, NodeSetting][] => [
  ...limits.map((key): [string, NodeSetting] => [
    key,
    { ...limitType, value: "64", context: "postmaster", pendingRestart: false, file: "64" },
  ]),
  [
    "wal_log_hints",
    kind.startsWith("coordinator")
      ? { type: "bool", value: "off", context: "postmaster", pendingRestart: false }
      : { type: "bool", value: "on", context: "postmaster", pendingRestart: false, file: "on" },
  ],
];
