// Which of the three ways a new cluster is made.
import { ClusterFailure } from "./failure.ts";
import { type ClusterRecord, type DriverName } from "./record.ts";
import { succeeds } from "./run.ts";

/** What the choice depends on. */
export interface Surroundings {
  readonly platform: string;
  readonly isRoot: boolean;
  readonly dockerAnswers: boolean;
  readonly hasKind: boolean;
}

/** A context when one is given; kind where Docker answers; else hosts of our own on Linux as root. Pure. */
export const chooseDriver = (context: string | undefined, around: Surroundings): DriverName => {
  if (context !== undefined) return "context";
  if (around.dockerAnswers && around.hasKind) return "kind";
  if (around.platform === "linux" && around.isRoot) return "native";
  const docker = around.dockerAnswers
    ? "Docker answers but kind is not on PATH: install kind"
    : "Docker does not answer: start it and install kind";
  const root = around.platform === "linux" ? ", or run this as root for a cluster without Docker" : "";
  throw new ClusterFailure(`${docker}${root}, or give a cluster with --context`);
};

export const lookAround = async (): Promise<Surroundings> => {
  const [dockerAnswers, hasKind] = await Promise.all([
    succeeds("docker", ["info"], { timeout: 10_000 }),
    succeeds("kind", ["version"], { timeout: 10_000 }),
  ]);
  return { platform: process.platform, isRoot: process.getuid?.() === 0, dockerAnswers, hasKind };
};

/** Refuses to make one cluster out of another. */
export const checkSameKind = (record: ClusterRecord, context: string | undefined): void => {
  const isContext = record.driver === "context";
  if (context === undefined ? true : isContext && record.context === context) return;
  const is = isContext ? `context ${record.context ?? ""}` : `a ${record.driver} cluster`;
  throw new ClusterFailure(
    `cluster ${record.name} is ${is}: type cluster:down for this name first, or give another --name`,
  );
};
