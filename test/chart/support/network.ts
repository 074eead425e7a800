/** Who reaches whom, judged over rendered NetworkPolicies by cyclonus's matcher: the tool netpol-judge. */
import { execa } from "execa";
import { ensureTool } from "../../../ci/tools/tool.ts";
import { type Manifest, podTemplates } from "./manifest.ts";

/** One end of a connection. Without a namespace it is an address outside the cluster. */
export interface End {
  readonly name: string;
  readonly namespace?: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ip: string;
}

export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

export const outside = (ip: string): End => ({ name: ip, ip });

export const podIn = (
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = { app: name },
): End => ({
  name: `${namespace}/${name}`,
  namespace,
  namespaceLabels: { "kubernetes.io/metadata.name": namespace, team: namespace },
  labels,
  ip: "10.244.1.7",
});

const component = "app.kubernetes.io/component";
export const componentOf = (end: End): string => end.labels?.[component] ?? "";

/** A pod of each component of the release: of StatefulSets, the watcher, the Jobs, the test. */
export const releasePods = (manifests: readonly Manifest[]): End[] =>
  podTemplates(manifests).map(({ owner, template }) => {
    const labels = template.metadata.labels ?? {};
    return podIn(owner.metadata.namespace ?? "", labels[component] ?? "", labels);
  });

export const allPairs = (
  froms: readonly End[],
  tos: readonly End[],
  ports: readonly number[],
): Connection[] =>
  froms.flatMap((from) =>
    tos
      .filter((to) => to !== from)
      .flatMap((to) => ports.map((port) => ({ from, to, port, protocol: "TCP" as const }))),
  );

/** "cn -> dn:5433", as people write it. */
export const titleOfConnection = ({ from, to, port, protocol }: Connection): string =>
  `${from.name} -> ${to.name}:${port}${protocol === "UDP" ? "/udp" : ""}`;

const asked = ({ namespace, namespaceLabels, labels, ip }: End): Omit<End, "name"> => ({
  ...(namespace === undefined ? {} : { namespace, namespaceLabels, labels }),
  ip,
});

/** The connections that the policies among these objects let through. */
export const allowed = async (
  manifests: readonly Manifest[],
  connections: readonly Connection[],
): Promise<Connection[]> => {
  const policies = manifests.filter(({ kind }) => kind === "NetworkPolicy");
  const questions = connections.map((one) => ({ ...one, from: asked(one.from), to: asked(one.to) }));
  const { stdout } = await execa(await ensureTool("netpol-judge"), {
    input: JSON.stringify({ policies, questions }),
    maxBuffer: 64 * 2 ** 20,
  });
  const answers = JSON.parse(stdout) as boolean[];
  return connections.filter((_, index) => answers[index]);
};
