// npm run images [-- hooks|exporters|stand-in|antdb …] [--package PATH] [--build-arg NAME=VALUE] [--no-load] [--cluster NAME]
import { parseArgs } from "node:util";
import { ImageError } from "./failure.ts";
import type { ImageName } from "./recipes.ts";

export type ImagesCommand = {
  readonly only: readonly ImageName[];
  readonly package?: string;
  readonly args: Readonly<Record<string, string>>;
  readonly load: boolean;
  readonly cluster?: string;
};

const usage =
  "npm run images -- [hooks] [exporters] [stand-in] [antdb] [--package PATH] [--build-arg NAME=VALUE] [--no-load] [--cluster NAME]";
const names = ["hooks", "exporters", "stand-in", "antdb"] as const;
/** The arguments docker/antdb.Dockerfile takes beside PACKAGE. */
const buildArguments = ["BASE", "LIBRARIES", "TOOLS"];

export function parseCommandLine(argv: readonly string[]): ImagesCommand {
  const { values, positionals } = parse(argv);
  const given = values.package;
  const unknown = positionals.find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== undefined) throw new ImageError(`images: there is no image "${unknown}" (${usage})`);
  const only: readonly ImageName[] =
    positionals.length > 0
      ? names.filter((name) => positionals.includes(name))
      : ["hooks", "exporters", given === undefined ? "stand-in" : "antdb"];
  if (only.includes("antdb") && given === undefined)
    throw new ImageError(
      "images: the antdb image needs your AntDB package: add --package PATH (an RPM, a .deb or a tarball)",
    );
  if (given !== undefined && !only.includes("antdb"))
    throw new ImageError("images: --package is for the antdb image: name antdb as well, or no image at all");
  if (given === undefined && values["build-arg"].length > 0)
    throw new ImageError("images: --build-arg is for the antdb image: give --package PATH as well");
  return {
    only,
    args: Object.fromEntries(values["build-arg"].map(buildArgument)),
    load: !values["no-load"],
    ...(given === undefined ? {} : { package: given }),
    ...(values.cluster === undefined ? {} : { cluster: values.cluster }),
  };
}

function buildArgument(text: string): [string, string] {
  const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined || !buildArguments.includes(name))
    throw new ImageError(
      `images: --build-arg ${text}: give one of ${buildArguments.join(", ")} as NAME=VALUE`,
    );
  return [name, value];
}

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        package: { type: "string" },
        "build-arg": { type: "string", multiple: true, default: [] },
        "no-load": { type: "boolean", default: false },
        cluster: { type: "string" },
      },
    });
  } catch (error) {
    throw new ImageError(`images: ${(error as Error).message.split(". ", 1)[0] ?? ""} (${usage})`, {
      cause: error,
    });
  }
};
