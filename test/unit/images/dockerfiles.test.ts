import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { registryImage } from "../../../ci/images/base-images.ts";

const dockerfile = (name: string) =>
  readFile(join(import.meta.dirname, `../../../docker/${name}.Dockerfile`), "utf8");
const argument = (text: string, name: string) => new RegExp(`^ARG ${name}=(.*)$`, "m").exec(text)?.[1];

describe("the Dockerfiles", () => {
  test("a plain `docker build` starts from the images that `npm run images` pulls", async () => {
    expect(argument(await dockerfile("hooks"), "NODE_IMAGE")).toBe(await registryImage("node"));
    expect(argument(await dockerfile("stand-in"), "BASE")).toBe(await registryImage("debian"));
    expect(argument(await dockerfile("exporters"), "BASE")).toBe(await registryImage("debian"));
    expect(argument(await dockerfile("antdb"), "BASE")).toBe(await registryImage("debian"));
  });

  test.each(["hooks", "exporters", "stand-in", "antdb"])(
    "%s runs as an unprivileged user given by number",
    async (name) =>
      expect((await dockerfile(name)).match(/^USER .*$/gm)?.at(-1)).toMatch(/^USER [1-9]\d+:[1-9]\d+$/),
  );

  test.each(["stand-in", "antdb"])("%s holds no password and no sshd", async (name) =>
    expect(await dockerfile(name)).not.toMatch(/chpasswd|passwd -|openssh|PASSWORD/),
  );
});
