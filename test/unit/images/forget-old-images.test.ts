import { expect, test } from "vitest";
import { outdated } from "../../../ci/images/forget-old-images.ts";

test("all but the newest archives of one image are outdated; no other image's, no base, no unfinished file", () => {
  const archives = [
    { name: "antdb-aaaaaaaaaaaa.tar", madeAt: 1 },
    { name: "antdb-bbbbbbbbbbbb.tar", madeAt: 3 },
    { name: "antdb-cccccccccccc.tar", madeAt: 2 },
    { name: "antdb-hooks-dddddddddddd.tar", madeAt: 0 },
    { name: "antdb-base-debian-eeeeeeeeeeee.tar", madeAt: 0 },
    { name: ".7-antdb-ffffffffffff.tar", madeAt: 0 },
  ];
  expect(outdated(archives, "antdb", 1)).toEqual(["antdb-cccccccccccc.tar", "antdb-aaaaaaaaaaaa.tar"]);
  expect(outdated(archives, "antdb", 4)).toEqual([]);
});
