import { describe, expect, test } from "vitest";
import { imageOfIndex, imageOfManifest, isPresent, parseImages } from "../../../ci/cluster/archive.ts";
import { rememberedAfter } from "../../../ci/cluster/native/load.ts";
import { nodeStates } from "../../../ci/cluster/nodes.ts";

const index = (annotations: object): string =>
  JSON.stringify({ manifests: [{ digest: "sha256:1", annotations }] });

describe("image archives", () => {
  test("an OCI archive gives name and digest", () => {
    const image = imageOfIndex("a.tar", index({ "org.opencontainers.image.ref.name": "localhost/antdb:1" }));
    expect(image).toEqual({ file: "a.tar", reference: "localhost/antdb:1", digest: "sha256:1" });
  });

  test("a Docker archive gives a name only", () => {
    const image = imageOfManifest("a.tar", JSON.stringify([{ RepoTags: ["localhost/antdb:1"] }]));
    expect(image).toEqual({ file: "a.tar", reference: "localhost/antdb:1" });
  });

  test("an image that could not be named in a pod is refused", () => {
    expect(() => imageOfIndex("a.tar", index({ "org.opencontainers.image.ref.name": "1" }))).toThrow(
      "without a full name",
    );
    expect(() => imageOfIndex("a.tar", '{"manifests": []}')).toThrow("exactly one image");
    expect(() => imageOfManifest("a.tar", "[{}]")).toThrow("without a name");
  });
});

describe("what a host has", () => {
  const listing = [
    "REF                 TYPE                                       DIGEST    SIZE    PLATFORMS   LABELS",
    "localhost/antdb:1   application/vnd.oci.image.manifest.v1+json sha256:1  2.5 MiB linux/amd64 io.cri-containerd.image=managed",
  ].join("\n");

  test.each([
    [{ file: "", reference: "localhost/antdb:1", digest: "sha256:1" }, true],
    [{ file: "", reference: "localhost/antdb:1", digest: "sha256:2" }, false],
    [{ file: "", reference: "localhost/antdb:2", digest: "sha256:1" }, false],
    [{ file: "", reference: "localhost/antdb:1" }, false],
  ])("%j is there: %s", (image, expected) => {
    expect(isPresent(image, parseImages(listing))).toBe(expected);
  });
});

test("the last two tags of each repository are remembered, the newest last", () => {
  const image = (reference: string, file = ""): { file: string; reference: string } => ({ file, reference });
  let all = rememberedAfter([], [image("localhost/a:1"), image("localhost:5000/b:1")]);
  all = rememberedAfter(all, [image("localhost/a:2")]);
  all = rememberedAfter(all, [image("localhost/a:3"), image("localhost/a:2", "new")]);
  expect(all).toEqual([image("localhost:5000/b:1"), image("localhost/a:3"), image("localhost/a:2", "new")]);
});

test("nodes are Ready, NotReady, or cordoned", () => {
  const node = (name: string, status: string, unschedulable?: boolean): object => ({
    metadata: { name },
    spec: { unschedulable },
    status: { conditions: [{ type: "Ready", status }] },
  });
  const states = nodeStates(
    JSON.stringify({ items: [node("w1", "True"), node("w2", "Unknown"), node("w3", "True", true)] }),
  );
  expect(Object.fromEntries(states)).toEqual({ w1: "Ready", w2: "NotReady", w3: "Ready, cordoned" });
});
