// The program's own commands, run in the cluster as the reconcile Job is: same image, same account, same files, other arguments.
import type { Kube } from "./kube.ts";

interface Job {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly [{ readonly args: readonly string[] }, ...object[]];
}

/** Runs `antdb <args>` in a pod of its own and returns what it printed. */
export async function runProgram(
  kube: Kube,
  fullname: string,
  args: readonly [string, ...string[]],
): Promise<string> {
  const job = JSON.parse(await kube.kubectl(["get", "job", `${fullname}-reconcile`, "-o", "json"])) as Job;
  const { spec } = job.spec.template;
  const [container, ...others] = spec.containers;
  const name = `${fullname}-${args[0]}-once`;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { ...spec, containers: [{ ...container, args }, ...others] },
  };
  await kube.kubectl(["delete", "pod", name, "--ignore-not-found", "--wait"]);
  await kube.kubectl(["apply", "-f", "-"], JSON.stringify(pod));
  await kube.kubectl(["wait", "--for=jsonpath={.status.phase}=Succeeded", `pod/${name}`, "--timeout=60s"]);
  const printed = await kube.kubectl(["logs", name]);
  await kube.kubectl(["delete", "pod", name, "--wait=false"]);
  return printed;
}
