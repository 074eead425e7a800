// What the demo plays on: programs, a cluster, and images loaded into it. Each part says what is cached and what takes time.
import { type Cluster, loadImages, up } from "../cluster/cluster.ts";
import { type BuiltImage, buildImages } from "../images/build-images.ts";
import { writeImagesFile } from "../images/images-file.ts";
import { imagesFile } from "../images/paths.ts";
import { ensureTool } from "../tools/tool.ts";
import { type Kube, makeKube } from "./kube.ts";
import { show, step } from "./progress.ts";

export interface Stage {
  readonly cluster: Cluster;
  readonly tools: { readonly kubectl: string; readonly helm: string };
  readonly namespace: string;
  readonly kube: Kube;
  /** The image the nodes run; its psql serves the demo's client too. */
  readonly engineImage: string;
}

const line = ({ name, cached, seconds, bytes, ref }: BuiltImage): string =>
  `${name}: ${cached ? "cached" : `built in ${seconds.toFixed(1)} s`}, ${(bytes / 1e6).toFixed(0)} MB, ${ref}`;

async function prepareImages(cluster: Cluster, packagePath: string | undefined): Promise<string> {
  const images = await buildImages({
    ...(packagePath === undefined ? {} : { package: packagePath }),
    onDone: (image) => show(line(image)),
  });
  await writeImagesFile(imagesFile, images);
  await loadImages(
    cluster,
    images.map(({ file }) => file),
  );
  const engine = images.find(({ name }) => name === "antdb" || name === "stand-in");
  if (engine === undefined) throw new Error("no engine image was built");
  return engine.ref;
}

/** @param packagePath the user's AntDB package; the stand-in is run without one */
export async function prepare(name: string, packagePath: string | undefined): Promise<Stage> {
  const tools = await step("programs (compiled once for this machine, then cached)", async () => ({
    kubectl: await ensureTool("kubectl"),
    helm: await ensureTool("helm"),
  }));
  const cluster = await step(`a Kubernetes cluster of four hosts, "${name}"`, () => up({ name }));
  const engineImage = await step("images", () => prepareImages(cluster, packagePath));
  const namespace = "antdb";
  return { cluster, tools, namespace, kube: makeKube(tools, cluster.kubeconfig, namespace), engineImage };
}
