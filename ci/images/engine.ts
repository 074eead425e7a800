// What it takes to build images: the verbs docker and buildah share.

export type BuildRequest = {
  readonly ref: string;
  /** As a failure will name it: "hooks image". */
  readonly what: string;
  readonly dockerfile: string;
  /** The folder the Dockerfile's COPY lines see. */
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly log: string;
};

export type Engine = {
  readonly name: "docker" | "buildah";
  has(ref: string): Promise<boolean>;
  pull(ref: string): Promise<void>;
  build(request: BuildRequest): Promise<void>;
  /** Writes the image to an archive that containerd, docker and kind can load. */
  save(ref: string, file: string): Promise<void>;
  /** Forgets an image; one that is not there is no failure. */
  remove(ref: string): Promise<void>;
  list(repository: string): Promise<readonly string[]>;
  /** Frees what builds left behind, when it has become much. */
  tidy(): Promise<void>;
};

/** A base's size over a slow line: seconds to wait for a pull. A registry that is not there fails at once. */
export const pullTimeout = 180;

/** Build arguments as docker and buildah take them. */
export const buildArgs = (args: Readonly<Record<string, string>>): string[] =>
  Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
