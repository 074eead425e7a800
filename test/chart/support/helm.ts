/** Renders the chart with the real helm: what the tests judge is what a user would apply. */
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { parseAllDocuments, stringify } from "yaml";
import { ensureTool } from "../../../ci/tools/tool.ts";
import type { Manifest } from "./manifest.ts";

export const repository = fileURLToPath(new URL("../../..", import.meta.url));
export const chartFolder = `${repository}chart`;

/** What a rendering is made from; all of it may be left out. */
export interface Rendering {
  readonly values?: unknown;
  readonly valuesFiles?: readonly string[];
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly chart?: string;
  /** As helm renders it for an upgrade; tools that render by themselves never say so. */
  readonly isUpgrade?: boolean;
}

/** Runs helm and says what it said; a non-zero exit code is an answer, not an error. */
const helm = async (
  args: readonly string[],
  input = "",
): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
  const tool = await ensureTool("helm");
  const { exitCode, stdout, stderr } = await execa(tool, args, {
    reject: false,
    input,
    maxBuffer: 64 * 2 ** 20,
    env: { KUBECONFIG: "/dev/null" },
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
};

const template = (rendering: Rendering): Promise<{ exitCode: number; stdout: string; stderr: string }> =>
  helm(
    [
      ...["template", rendering.release ?? "antdb", rendering.chart ?? chartFolder],
      ...["--namespace", rendering.namespace ?? "antdb", "--kube-version", rendering.kubeVersion ?? "1.34.2"],
      ...(rendering.isUpgrade === true ? ["--is-upgrade"] : []),
      ...(rendering.valuesFiles ?? []).flatMap((file) => ["--values", file]),
      ...["--values", "-"],
    ],
    stringify(rendering.values ?? {}),
  );

/** The rendered text. @throws with helm's message when it refuses. */
export const renderText = async (rendering: Rendering = {}): Promise<string> => {
  const { exitCode, stdout, stderr } = await template(rendering);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
};

const rendered = new Map<string, Promise<Manifest[]>>();

/** The rendered objects; the same rendering is made once in each test file. @throws with helm's message when it refuses. */
export const render = (rendering: Rendering = {}): Promise<Manifest[]> => {
  const key = JSON.stringify(rendering);
  const known = rendered.get(key) ?? renderText(rendering).then(parseManifests);
  rendered.set(key, known);
  return known;
};

const parseManifests = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/** Why helm refuses these values; "" when it does not. */
export const refusal = async (rendering: Rendering): Promise<string> => {
  const { exitCode, stderr } = await template(rendering);
  return exitCode === 0 ? "" : stderr;
};
