/** Volumes: what `nodes.persistence` and a role's own `persistence` may say. */
import {
  byOrdinal,
  listOf,
  oneOf,
  pattern,
  quantity,
  raw,
  type Schema,
  strict,
  strings,
  text,
} from "./schema-parts.ts";

const volumeName = pattern("^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$");
/** A volume by its name alone where its class is the role's. */
const existingVolume: Schema = {
  anyOf: [volumeName, { ...strict({ volumeName, storageClass: text }), required: ["volumeName"] }],
};
/** A value of the label kubernetes.io/hostname. */
const hostName = pattern("^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$");

const hostPath = {
  enabled: { type: "boolean" },
  path: pattern("^/[^\\s]+$"),
  hosts: listOf(hostName, { uniqueItems: true }),
  walPath: pattern("^(/[^\\s]+)?$"),
  prepare: { type: "boolean" },
};
const shared = {
  storageClass: text,
  size: quantity,
  accessModes: listOf(oneOf("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"), { minItems: 1 }),
  selector: raw,
  annotations: strings,
};

const wal = { enabled: { type: "boolean" }, size: quantity, storageClass: text };

export const persistence = strict({ ...shared, wal: strict(wal), hostPath: strict(hostPath) });
/** What names single pods makes sense in a role only. */
export const rolePersistence = strict({
  ...shared,
  existingVolumes: byOrdinal(existingVolume),
  wal: strict({ ...wal, existingVolumes: byOrdinal(existingVolume) }),
  hostPath: strict({ ...hostPath, placement: byOrdinal(hostName) }),
});
