import { z } from "zod";
import { clientsSchema } from "./clients.ts";
import { parametersSchema } from "./parameters.ts";

const replicas = z.int().min(0).max(256);
const port = z.int().min(1).max(65535);
const nodeRole = z.strictObject({ statefulSet: z.string().min(1), replicas, port });

/** What the chart renders into topology.json. Unknown keys are refused: chart and image of different versions must not guess. */
export const topologyFileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    release: z.strictObject({
      app: z.string().min(1),
      name: z.string().min(1),
      namespace: z.string().min(1),
      fullname: z.string().min(1),
    }),
    engine: z.strictObject({
      home: z.string().startsWith("/"),
      osUser: z.string().regex(/^[a-z_][a-z0-9_]{0,31}$/),
      dataDir: z.string().startsWith("/"),
      agentPort: port,
      managerPort: port,
    }),
    roles: z.strictObject({
      mgr: z.strictObject({ statefulSet: z.string().min(1) }),
      gc: nodeRole,
      gcs: nodeRole,
      cn: nodeRole,
      dn: nodeRole,
      ds: nodeRole,
    }),
    credentials: z.strictObject({
      directory: z.string().startsWith("/"),
      secret: z.string().min(1),
      managed: z.boolean(),
    }),
    catalog: z.strictObject({ secret: z.string().min(1) }),
    clients: clientsSchema,
    monitor: z.strictObject({ enabled: z.boolean() }),
    parameters: parametersSchema,
    lease: z.strictObject({ name: z.string().min(1), durationSeconds: z.int().min(5).max(120) }),
    deadlines: z.strictObject({
      reconcileSeconds: z.int().min(10),
      guardSeconds: z.int().min(10),
      teardownSeconds: z.int().min(1),
    }),
    watcher: z.strictObject({
      deployment: z.string().min(1),
      enabled: z.boolean(),
      intervalSeconds: z.int().min(5).max(3600),
    }),
    retention: z.strictObject({
      whenDeleted: z.enum(["Retain", "Delete"]),
      whenScaled: z.enum(["Retain", "Delete"]),
    }),
  })
  .superRefine((file, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    if (file.roles.gc.replicas !== 1)
      refuse(["roles", "gc", "replicas"], "must be 1: a cluster has one gtm master");
    if (file.roles.cn.replicas < 1)
      refuse(["roles", "cn", "replicas"], "must be at least 1: clients connect to coordinators");
    if (file.roles.dn.replicas < 1)
      refuse(["roles", "dn", "replicas"], "must be at least 1: rows live on datanodes");
    for (const [limit, role] of [
      ["max_coordinators", "cn"],
      ["max_datanodes", "dn"],
    ] as const)
      for (const at of ["nodes", "gc", "cn", "dn"] as const) {
        const given = file.parameters[at][limit];
        if (given !== undefined && Number(given) < file.roles[role].replicas)
          refuse(
            ["parameters", at, limit],
            `must be at least ${role}.replicas (${file.roles[role].replicas})`,
          );
      }
    if (file.roles.ds.replicas !== 0 && file.roles.ds.replicas !== file.roles.dn.replicas)
      refuse(
        ["roles", "ds", "replicas"],
        `must be 0 or ${file.roles.dn.replicas}: a standby for every datanode or for none`,
      );
  });

/** The checked content of topology.json. */
export type Values = z.infer<typeof topologyFileSchema>;
