// Tools that come from Debian's archive: installed when they are missing and this is root on a Debian.
import { run, succeeds } from "./command.ts";
import { ImageError } from "./failure.ts";

/** Makes sure that the command each package is named after can be run. */
export async function ensureDebianPackages(packages: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of packages) if (!(await succeeds(["which", name]))) missing.push(name);
  if (missing.length === 0) return;
  const remedy = `apt-get install -y ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || !(await succeeds(["which", "apt-get"])))
    throw new ImageError(`images: ${missing.join(", ")} is missing: install it (${remedy}), or start Docker`);
  const doing = `images: ${remedy}`;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  // Another apt may be at work: wait for its lock instead of failing on it.
  const apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"] as const;
  const install = [...apt, "install", "-y", "--no-install-recommends", ...missing] as const;
  if (await succeeds([...install], 600)) return;
  await run({ argv: [...apt, "update"], doing: "images: apt-get update", env });
  await run({ argv: install, doing, env });
}
