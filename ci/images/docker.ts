// Images built by a docker daemon.
import { run, succeeds } from "./command.ts";
import { buildArgs, pullTimeout, type Engine } from "./engine.ts";

export const docker: Engine = {
  name: "docker",
  has: (ref) => succeeds(["docker", "image", "inspect", ref]),
  pull: async (ref) => {
    await run({
      argv: ["docker", "pull", "--quiet", ref],
      doing: `docker pull ${ref}`,
      timeout: pullTimeout,
    });
  },
  build: async ({ ref, what, dockerfile, context, args, log }) => {
    const argv = [
      "docker",
      "build",
      "--file",
      dockerfile,
      "--tag",
      ref,
      ...buildArgs(args),
      context,
    ] as const;
    await run({ argv, doing: `${what}: docker build`, log });
  },
  save: async (ref, file) => {
    await run({ argv: ["docker", "save", "--output", file, ref], doing: `docker save ${ref}` });
  },
  remove: async (ref) => {
    await succeeds(["docker", "image", "rm", ref]);
  },
  // The daemon's store is the user's: what to free there is not ours to say.
  tidy: () => Promise.resolve(),
  list: async (repository) => {
    const argv = ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository] as const;
    const output = await run({ argv, doing: `docker image ls ${repository}` });
    return output.split("\n").filter((ref) => ref.startsWith(`${repository}:`) && !ref.endsWith(":<none>"));
  },
};
