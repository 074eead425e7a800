import { describe as group, expect, it } from "vitest";
import { describe, schemaAt } from "../../../ci/chart/describe.ts";
import { typeOf } from "../../../ci/chart/readme.ts";

const schema = {
  properties: {
    pods: { properties: { limits: { $ref: "#/definitions/limits" } } },
    dn: { properties: { limits: { $ref: "#/definitions/limits" }, replicas: { type: "integer" } } },
    ds: { properties: { limits: { $ref: "#/definitions/limits" } } },
  },
  definitions: { limits: { type: "object", properties: { cpu: { type: "string" } } } },
};
const value = (path: string, text: string): Parameters<typeof describe>[1][number] => ({
  ...{ path: path.split("."), text },
  ...{ section: "", default: undefined },
});
const wordsAt = (of: Parameters<typeof schemaAt>[0], path: string): unknown =>
  schemaAt(of, path.split("."))?.["description"];

group("descriptions in the schema", () => {
  it("stand where the path leads, and one for all pods at every block that shares it", () => {
    const found = describe(schema, [
      value("dn.replicas", "how many"),
      value("pods.limits", "for all"),
      value("pods.limits.cpu", "cores"),
      value("ds.limits.cpu", "fewer cores"),
    ]);
    expect(found.unknown).toEqual([]);
    expect(
      ["dn.replicas", "dn.limits", "dn.limits.cpu", "ds.limits.cpu", "pods.limits.cpu"].map((path) =>
        wordsAt(found.schema, path),
      ),
    ).toEqual(["how many", "for all", "cores", "fewer cores", "cores"]);
  });

  it("change nothing else: what was refused still is", () => {
    const { schema: described } = describe(schema, [value("dn.limits", "own words")]);
    expect(schemaAt(described, ["dn", "limits", "cpu"])).toEqual({ type: "string" });
    expect(schema.properties.dn.properties.limits).toEqual({ $ref: "#/definitions/limits" });
  });

  it("show at one place only, also where two places were written as one", () => {
    const text = { type: "string" };
    const { schema: described } = describe({ properties: { a: text, b: text } }, [value("a", "of a")]);
    expect(["a", "b"].map((path) => wordsAt(described, path))).toEqual(["of a", undefined]);
  });

  it("leave a map alone whose names are the user's, and look no name up in it", () => {
    const map = { properties: { peers: { type: "object", additionalProperties: { type: "string" } } } };
    expect(describe(map, [value("peers.all", "a name of the user's")])).toEqual({ schema: map, unknown: [] });
  });

  it("name each path that the schema does not know", () => {
    expect(describe(schema, [value("dn.size", "x"), value("pods.other", "y")]).unknown).toEqual([
      "dn.size",
      "pods.other",
    ]);
  });
});

group("a type in a word", () => {
  it.each<[Parameters<typeof typeOf>[0], string]>([
    [{ type: "string" }, "string"],
    [{ type: ["integer", "null"] }, "integer or null"],
    [{ enum: ["a", "b"] }, '"a", "b"'],
    [{ title: "quantity", anyOf: [] }, "quantity"],
    [{ type: "array", items: {} }, "list"],
    [{ type: "object", additionalProperties: { type: "string" } }, "map"],
    [{ type: "object", additionalProperties: false }, "object"],
  ])("%j: %s", (schemaOfIt, words) => {
    expect(typeOf(schemaOfIt)).toBe(words);
  });
});
