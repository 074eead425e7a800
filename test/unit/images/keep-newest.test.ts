import { expect, test } from "vitest";
import { outdated } from "../../../ci/images/keep-newest.ts";

test("all but the newest that match are outdated; what does not match is left alone", () => {
  const entries = [
    { name: "antdb-aaaaaaaaaaaa.tar", madeAt: 1 },
    { name: "antdb-bbbbbbbbbbbb.tar", madeAt: 3 },
    { name: "antdb-cccccccccccc.tar", madeAt: 2 },
    { name: "antdb-hooks-dddddddddddd.tar", madeAt: 0 },
    { name: "antdb-base-debian-eeeeeeeeeeee.tar", madeAt: 0 },
    { name: ".unfinished-antdb-ffffffffffff.tar", madeAt: 0 },
  ];
  const antdb = /^antdb-[0-9a-f]{12}\.tar$/;
  expect(outdated(entries, antdb, 1)).toEqual(["antdb-cccccccccccc.tar", "antdb-aaaaaaaaaaaa.tar"]);
  expect(outdated(entries, antdb, 4)).toEqual([]);
});
