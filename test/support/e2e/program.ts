// The program's own commands, run in the cluster as the reconcile Job is: same image, same account, same files, other arguments.
import { parseAllDocuments } from "yaml";
import { CommandFailed, type Kube } from "../../../ci/demo/kube.ts";

interface Job {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
}

interface PodSpec {
  readonly containers: readonly [{ readonly args: readonly string[] }, ...object[]];
}

/** The reconcile Job as the release defines it; the object itself is gone once it succeeded. */
async function reconcileJob(kube: Kube, release: string): Promise<Job> {
  const hooks = parseAllDocuments(await kube.helm(["get", "hooks", release])).map(
    (document) => document.toJS() as Job,
  );
  const job = hooks.find(({ kind, metadata }) => kind === "Job" && metadata.name.endsWith("-reconcile"));
  if (job === undefined) throw new CommandFailed(`release ${release} has no reconcile Job`);
  return job;
}

/** Runs `antdb <args>` in a pod of its own and returns what it printed. */
export async function runProgram(
  kube: Kube,
  release: string,
  args: readonly [string, ...string[]],
): Promise<string> {
  const { metadata, spec } = (await reconcileJob(kube, release)).spec.template;
  const [container, ...others] = spec.containers;
  const name = `${release}-${args[0]}-once`;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    // NetworkPolicies let the program in by its labels.
    metadata: { name, labels: metadata.labels },
    spec: { ...spec, containers: [{ ...container, args }, ...others] },
  };
  await kube.kubectl(["delete", "pod", name, "--ignore-not-found", "--wait"]);
  await kube.kubectl(["apply", "-f", "-"], JSON.stringify(pod));
  await kube.kubectl(["wait", "--for=jsonpath={.status.phase}=Succeeded", `pod/${name}`, "--timeout=60s"]);
  const printed = await kube.kubectl(["logs", name]);
  await kube.kubectl(["delete", "pod", name, "--wait=false"]);
  return printed;
}
