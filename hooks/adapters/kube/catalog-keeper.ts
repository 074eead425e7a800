import { z } from "zod";
import type { KeptCatalog, Keeping } from "../../model/kept-catalog.ts";
import type { NodeName } from "../../model/topology.ts";
import type { CatalogKeeper } from "../../ports/catalog-keeper.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

const entry = "catalog.json";
const version = 1;

const name = z.string().transform((text) => text as NodeName);
const kind = z.enum([
  "gtmcoord master",
  "gtmcoord slave",
  "coordinator master",
  "coordinator slave",
  "datanode master",
  "datanode slave",
]);

/** Written by this program alone; what it is not sure to understand it does not use. */
const schema = z.strictObject({
  version: z.literal(version),
  hosts: z.array(z.strictObject({ name: z.string(), address: z.string(), agentPort: z.int() })),
  nodes: z.array(
    z.strictObject({
      name,
      kind,
      host: z.string(),
      port: z.int(),
      path: z.string(),
      master: name.exactOptional(),
      initialised: z.boolean(),
      inCluster: z.boolean(),
      sync: z.string(),
    }),
  ),
  parameters: z.array(
    z.strictObject({ node: z.string(), kind: z.string(), key: z.string(), value: z.string() }),
  ),
  parameterNotes: z.array(z.strictObject({ node: z.string(), letter: z.string(), key: z.string() })),
  departures: z.array(z.strictObject({ node: name, kind, bytes: z.int().exactOptional() })),
});

/** @param text what stands in the Secret, decoded */
export function parseKept(text: string): Keeping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { state: "unreadable", why: `${entry} is no JSON` };
  }
  const { success, data, error } = schema.safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    return { state: "unreadable", why: `${entry}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` };
  }
  const { hosts, nodes, parameters, parameterNotes, departures } = data;
  return { state: "kept", catalog: { hosts, nodes, parameters, parameterNotes, departures } };
}

export const renderKept = (catalog: KeptCatalog): string => JSON.stringify({ version, ...catalog });

/** @param secret its name; it is never made here, and nothing else in it is touched */
export function makeCatalogKeeper(client: KubeClient, secret: string): CatalogKeeper {
  const { namespace } = client;
  const object = `Secret ${secret}`;
  const patch = async (data: Readonly<Record<string, string | null>>, signal: AbortSignal): Promise<void> => {
    try {
      await client.core(signal).patchNamespacedSecret({ namespace, name: secret, body: { data } });
    } catch (error) {
      throw kubeFailure(error, { verb: "patch", resource: "secrets", object });
    }
  };
  return {
    read: async (signal) => {
      try {
        const { data } = await client.core(signal).readNamespacedSecret({ namespace, name: secret });
        const text = Buffer.from(data?.[entry] ?? "", "base64").toString("utf8");
        return text === "" ? { state: "empty" } : parseKept(text);
      } catch (error) {
        if (statusOf(error) === 404) return { state: "absent" };
        const failure = kubeFailure(error, { verb: "get", resource: "secrets", object });
        if (statusOf(error) === 403) return { state: "unreadable", why: failure.facts.what, forbidden: true };
        throw failure;
      }
    },
    write: (catalog, signal) =>
      patch({ [entry]: Buffer.from(renderKept(catalog), "utf8").toString("base64") }, signal),
    forget: (signal) => patch({ [entry]: null }, signal),
  };
}
