import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { repository } from "./support/helm.ts";

const text = readFileSync(new URL("POINTS.md", import.meta.url), "utf8");
const points = text.split(/^## /m).slice(1);
const claims = [...text.matchAll(/^- `([^`]+)`: "(.+)"$/gm)].map(([, file = "", title = ""]) => ({
  file,
  title,
}));

/** Whether a file has a test of this title, in TypeScript or as a helm-unittest case. */
const has = (source: string, title: string): boolean =>
  source.includes(`"${title}"`) || source.split("\n").some((line) => line.trim() === `- it: ${title}`);

describe("POINTS.md", () => {
  it("has thirty points, each with a test or with what is not yet there", () => {
    expect(points.map((point) => Number.parseInt(point, 10))).toEqual(
      Array.from({ length: 30 }, (_, at) => at + 1),
    );
    expect(points.filter((point) => !/^- (`|not yet: )/m.test(point))).toEqual([]);
    const lines = text.split("\n").filter((line) => line.startsWith("- "));
    expect(lines.filter((line) => !line.startsWith("- not yet: "))).toHaveLength(claims.length);
  });

  it("names tests that are there", () => {
    const missing = claims.filter(
      ({ file, title }) =>
        !existsSync(repository + file) || !has(readFileSync(repository + file, "utf8"), title),
    );
    expect(missing).toEqual([]);
    expect(has('it("a", …', "b")).toBe(false);
  });
});
