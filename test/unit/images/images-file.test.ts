import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { BuiltImage } from "../../../ci/images/build-images.ts";
import { renderImagesFile } from "../../../ci/images/images-file.ts";

const built = (name: BuiltImage["name"], tag: string): BuiltImage => ({
  name,
  registry: "localhost",
  repository: name === "antdb" ? "antdb" : `antdb-${name}`,
  tag,
  ref: "",
  file: "",
  bytes: 0,
  cached: false,
  seconds: 0,
});

describe(".build/images.yaml", () => {
  test("names the hooks image, and the stand-in in AntDB's place", () =>
    expect(
      parse(renderImagesFile(undefined, [built("hooks", "1e2"), built("stand-in", "0123456789ab")])),
    ).toEqual({
      images: {
        // A tag of digits and an e is still text.
        hooks: { registry: "localhost", repository: "antdb-hooks", tag: "1e2" },
        antdb: { registry: "localhost", repository: "antdb-stand-in", tag: "0123456789ab" },
      },
    }));

  test("keeps what was not built this time; a package's image replaces the stand-in", () => {
    const before = renderImagesFile(undefined, [built("hooks", "a"), built("stand-in", "b")]);
    expect(parse(renderImagesFile(before, [built("antdb", "123456789012")]))).toEqual({
      images: {
        hooks: { registry: "localhost", repository: "antdb-hooks", tag: "a" },
        antdb: { registry: "localhost", repository: "antdb", tag: "123456789012" },
      },
    });
  });

  test("one image holds both exporters, and stays when only another was built", () => {
    const image = { registry: "localhost", repository: "antdb-exporters", tag: "c" };
    const first = renderImagesFile(undefined, [built("exporters", "c")]);
    for (const text of [first, renderImagesFile(first, [built("hooks", "a")])])
      expect(parse(text)).toHaveProperty("exporters", { node: { image }, postgres: { image } });
  });

  test("an empty or broken-off file counts as none", () =>
    expect(parse(renderImagesFile("# cut short\n", [built("hooks", "a")]))).toHaveProperty(
      "images.hooks.tag",
      "a",
    ));
});
