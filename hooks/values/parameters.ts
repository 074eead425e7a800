import { z } from "zod";
import { leastValues, ownedParameters, sameInPair } from "../model/parameter-rules.ts";

/** The engine's names: lower case, digits and underscores, a library's with its prefix and a dot. */
const name = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)?$/, "is no parameter's name");
/** The manager keeps at most 511 bytes, and takes no quote or line break in it (src/adbmgrd/manager/cmd_updateparm.c). */
const value = z.union([
  z
    .string()
    .max(500, "may have 500 characters at most")
    .regex(/^[^'\\\r\n]*$/, "may hold no quote, backslash or line break: the manager can't store it"),
  z.number(),
  z.boolean(),
]);
const parameters = z.record(name, value).default({});

const roles = ["gc", "gcs", "cn", "dn", "ds"] as const;

export const parametersSchema = z
  .strictObject({
    restartPolicy: z.enum(["manual", "rolling"]),
    nodes: parameters,
    gc: parameters,
    gcs: parameters,
    cn: parameters,
    dn: parameters,
    ds: parameters,
  })
  .superRefine((given, context) => {
    for (const role of ["nodes", ...roles] as const)
      for (const [key, said] of Object.entries(given[role])) {
        const wrong = whyNot(key.toLowerCase(), String(said));
        if (wrong !== undefined)
          context.addIssue({
            code: "custom",
            path: [role, key],
            message: `${role}.parameters.${key}: ${wrong}`,
          });
      }
    for (const [standby, master] of [
      ["gcs", "gc"],
      ["ds", "dn"],
    ] as const)
      for (const [key, said] of Object.entries(given[standby])) {
        const theirs = given[master][key] ?? given.nodes[key];
        if (
          !sameInPair.includes(key.toLowerCase()) ||
          (theirs !== undefined && String(theirs) === String(said))
        )
          continue;
        const message =
          `${standby}.parameters.${key}: a standby must have what its master has, with which it changes places: ` +
          `set ${master}.parameters.${key}, which holds for ${standby} as well`;
        context.addIssue({ code: "custom", path: [standby, key], message });
      }
  });

function whyNot(key: string, said: string): string | undefined {
  const owned = ownedParameters[key];
  if (owned !== undefined) return `this one can't be set: ${owned}`;
  const least = leastValues[key];
  if (least !== undefined && /^\d+$/.test(said) && Number(said) < least.least)
    return `${said} is too small, at least ${least.least}: ${least.why}`;
  return undefined;
}
