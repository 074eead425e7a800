// A chart of a user's own that has this one as its part, and the values files as they look from there.
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { tmpdir } from "node:os";
import { parse, stringify } from "yaml";

export interface Umbrella extends AsyncDisposable {
  readonly chart: string;
  readonly valuesFiles: readonly string[];
}

export async function makeUmbrella(chart: string, valuesFiles: readonly string[]): Promise<Umbrella> {
  const folder = await mkdtemp(join(tmpdir(), "antdb-umbrella-"));
  const { version } = parse(await readFile(join(chart, "Chart.yaml"), "utf8")) as { version: string };
  const dependencies = [{ name: "antdb", version, condition: "antdb.enabled" }];
  await mkdir(join(folder, "charts"));
  await cp(chart, join(folder, "charts/antdb"), { recursive: true });
  await writeFile(
    join(folder, "Chart.yaml"),
    stringify({ apiVersion: "v2", name: "shop", version: "1.2.3", dependencies }),
  );
  const nested = valuesFiles.map(async (file) => {
    const target = join(folder, basename(file));
    await writeFile(target, stringify({ antdb: parse(await readFile(file, "utf8")) as unknown }));
    return target;
  });
  return {
    chart: folder,
    valuesFiles: await Promise.all(nested),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
