import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../../../ci/images/command-line.ts";

describe("npm run images", () => {
  test("without anything: hooks, exporters and the stand-in, loaded", () =>
    expect(parseCommandLine([])).toEqual({
      only: ["hooks", "exporters", "stand-in"],
      args: {},
      load: true,
    }));

  test("with a package: the antdb image takes the stand-in's place", () =>
    expect(parseCommandLine(["--package", "a.rpm", "--no-load", "--cluster", "two"])).toEqual({
      only: ["hooks", "exporters", "antdb"],
      package: "a.rpm",
      args: {},
      load: false,
      cluster: "two",
    }));

  test("build arguments keep what follows the first =", () =>
    expect(
      parseCommandLine([
        "antdb",
        "--package",
        "a.deb",
        "--build-arg",
        "LIBRARIES=a b=1",
        "--build-arg",
        "BASE=rocky:8",
      ]).args,
    ).toEqual({ LIBRARIES: "a b=1", BASE: "rocky:8" }));

  const refused: readonly [argv: string[], part: string][] = [
    [["hook"], 'there is no image "hook"'],
    [["antdb"], "add --package PATH"],
    [["hooks", "--package", "a.rpm"], "--package is for the antdb image"],
    [["--package", "a", "--build-arg", "NODE=1"], "give one of BASE, LIBRARIES, TOOLS as NAME=VALUE"],
    [["--package", "a", "--build-arg", "BASE"], "give one of BASE, LIBRARIES, TOOLS as NAME=VALUE"],
    [["--build-arg", "BASE=x"], "--build-arg is for the antdb image"],
    [["--lod"], "Unknown option '--lod' (npm run images"],
  ];
  test.each(refused)("refuses %j in one line", (argv, part) => {
    expect(() => parseCommandLine(argv)).toThrow(part);
    expect(() => parseCommandLine(argv)).toThrow(/^images: [^\n]*$/);
  });
});
