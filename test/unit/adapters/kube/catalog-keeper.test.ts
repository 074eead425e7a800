import { describe, expect, it } from "vitest";
import { makeCatalogKeeper, parseKept, renderKept } from "../../../../hooks/adapters/kube/catalog-keeper.ts";
import { catalogOf } from "../../../../hooks/model/kept-catalog.ts";
import { healthyDraft, snapshotOf } from "../../../support/builders/snapshot.ts";
import { topologyOf } from "../../../support/builders/topology.ts";
import { startKubeApi, status } from "../support/kube-api.ts";

const signal = new AbortController().signal;
const { manager } = snapshotOf(topologyOf(), healthyDraft(topologyOf()));
if (manager === undefined) throw new Error("no manager");
const catalog = catalogOf(manager);
const encoded = (text: string): string => Buffer.from(text).toString("base64");
const holding = (data?: object) => () => ({ status: 200, body: { metadata: {}, ...(data && { data }) } });

describe("CatalogKeeper", () => {
  it.each([
    [
      "what was written",
      holding({ "catalog.json": encoded(renderKept(catalog)) }),
      { state: "kept", catalog },
    ],
    ["a Secret that was only made", holding(), { state: "empty" }],
    ["a Secret with other things in it", holding({ other: encoded("x") }), { state: "empty" }],
    ["no Secret", () => status(404, "not found"), { state: "absent" }],
    ["no right", () => status(403, "forbidden"), { state: "unreadable", forbidden: true }],
    ["no JSON", holding({ "catalog.json": encoded("{") }), { state: "unreadable" }],
  ])("reads %s", async (_what, answer, kept) => {
    await using api = await startKubeApi(answer);
    expect(await makeCatalogKeeper(api.client, "antdb-manager-catalog").read(signal)).toMatchObject(kept);
    expect(api.asked[0]).toMatchObject({
      method: "GET",
      path: "/api/v1/namespaces/antdb/secrets/antdb-manager-catalog",
    });
  });

  it("an API that fails is a failure", async () => {
    await using api = await startKubeApi(() => status(500, "down"));
    await expect(makeCatalogKeeper(api.client, "s").read(signal)).rejects.toThrow(
      "Secret s: Kubernetes refused",
    );
  });

  it("writes its own entry and touches no other", async () => {
    await using api = await startKubeApi(holding());
    const keeper = makeCatalogKeeper(api.client, "s");
    await keeper.write(catalog, signal);
    await keeper.forget(signal);
    expect(api.asked.map(({ method, body }) => ({ method, body }))).toEqual([
      { method: "PATCH", body: { data: { "catalog.json": encoded(renderKept(catalog)) } } },
      { method: "PATCH", body: { data: { "catalog.json": null } } },
    ]);
  });

  it.each([
    ["another version", { version: 2 }, "version"],
    ["a field it does not know", { colour: "red" }, ""],
    ["a node of no kind", { nodes: [{ ...catalog.nodes[0], kind: "king" }] }, "nodes.0.kind"],
  ])("does not believe %s", (_what, change, where) => {
    const text = JSON.stringify({ ...(JSON.parse(renderKept(catalog)) as object), ...change });
    expect(parseKept(text)).toMatchObject({
      state: "unreadable",
      why: expect.stringContaining(`catalog.json: ${where}`) as string,
    });
  });
});
