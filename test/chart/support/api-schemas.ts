/**
 * What each version of Kubernetes accepts, as its own source says: api/openapi-spec/v3 of the module k8s.io/kubernetes, fetched
 * by go (18 MB a version), checked against the sum below, and kept by version in the cache.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheFolder } from "../../../ci/tools/cache.ts";
import { withLock } from "../../../ci/tools/lock.ts";
import { type OpenApiDocument, schemasOf } from "./openapi.ts";

/** Minor version → the newest patch of it that there was, and its sum as go.sum would have it. */
const releases = {
  "1.28": { version: "v1.28.15", sum: "h1:d91N2Znk+E8REIJZlrD6za2JtIwvEypa0DB1IoU4fJ0=" },
  "1.29": { version: "v1.29.6", sum: "h1:jn8kA/oVOAWZOeoorx6xZ4d+KgGp+Evgi90x9bEI/DE=" },
  "1.30": { version: "v1.30.14", sum: "h1:MrlKXh9uhLIJpyxOeXhcndzRVSvwiV9iJ8NgH8nqPsg=" },
  "1.31": { version: "v1.31.14", sum: "h1:UtjLfqvXLuSVDdJ4+NpQCIfFkKkLnAAVmxAEMsnkhjk=" },
  "1.32": { version: "v1.32.13", sum: "h1:5TGYdZ6YZqdp6h/Rp1vX/4TIoybMPdgv97LCZCtPuNQ=" },
  "1.33": { version: "v1.33.13", sum: "h1:bmH31xUdSzeA5vk0wZAK9MZp11mdLuzUSeKk0qN3hPQ=" },
  "1.34": { version: "v1.34.2", sum: "h1:WQdDvYJazkmkwSncgNwGvVtaCt4TYXIU3wSMRgvp3MI=" },
  "1.35": { version: "v1.35.4", sum: "h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=" },
  "1.36": { version: "v1.36.3", sum: "h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=" },
} as const satisfies Readonly<Record<string, { readonly version: string; readonly sum: string }>>;

export type Minor = keyof typeof releases;
export const minors = Object.keys(releases) as Minor[];

/** Every group that the chart has objects of. */
const groups = [
  ...["api__v1", "apis__apps__v1", "apis__batch__v1", "apis__policy__v1"],
  ...["apis__rbac.authorization.k8s.io__v1", "apis__networking.k8s.io__v1"],
];
/** Another way of making schemas is another folder. */
const generation = 2;

const fetchModule = async (version: string, sum: string, modules: string): Promise<string> => {
  const { stdout } = await execa("go", ["mod", "download", "-json", `k8s.io/kubernetes@${version}`], {
    env: { GOMODCACHE: modules, GOFLAGS: "-modcacherw", GOWORK: "off", GO111MODULE: "on" },
  });
  const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
  if (Sum !== sum)
    throw new Error(`k8s.io/kubernetes@${version} has the sum ${Sum}, not ${sum}: do not use it`);
  return join(Dir, "api", "openapi-spec", "v3");
};

const write = async (specification: string, folder: string): Promise<void> => {
  for (const group of groups) {
    const document = await readFile(join(specification, `${group}_openapi.json`), "utf8");
    for (const [name, schema] of schemasOf(JSON.parse(document) as OpenApiDocument))
      await writeFile(join(folder, `${name}.json`), JSON.stringify(schema));
  }
};

/** The folder with the schemas of a minor version, made when absent. @throws when go can't fetch them. */
export const apiSchemas = async (minor: Minor): Promise<string> => {
  const { version, sum } = releases[minor];
  const shelf = join(cacheFolder(), "api-schemas");
  const folder = join(shelf, `${version}-${generation}`);
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    await mkdir(shelf, { recursive: true });
    const work = await mkdtemp(join(shelf, "fetching-"));
    try {
      const specification = await fetchModule(version, sum, join(work, "modules"));
      await mkdir(join(work, "schemas"));
      await write(specification, join(work, "schemas"));
      await rename(join(work, "schemas"), folder);
    } finally {
      await rm(work, { recursive: true });
    }
  });
  return folder;
};
