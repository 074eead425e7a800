import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { renderIndex } from "../../../ci/images/oci-archive.ts";
import { imageOfIndex } from "../../../ci/cluster/archive.ts";

test("the index names the manifest by its digest, and the cluster finds the image's full name in it", () => {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, layers: [] }));
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  const index = renderIndex(manifest, "localhost/antdb-hooks:0123456789ab");
  expect(imageOfIndex("x.tar", index)).toEqual({
    file: "x.tar",
    reference: "localhost/antdb-hooks:0123456789ab",
    digest,
  });
  expect(JSON.parse(index)).toMatchObject({
    schemaVersion: 2,
    manifests: [{ mediaType, digest, size: manifest.length }],
  });
});
