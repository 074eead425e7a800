import { describe, expect, it } from "vitest";
import { makeSecretStore } from "../../../../hooks/adapters/kube/secret-store.ts";
import { startKubeApi, status } from "../support/kube-api.ts";

const forever = new AbortController().signal;

describe("SecretStore", () => {
  it("makes a Secret", async () => {
    await using api = await startKubeApi(() => ({ status: 201, body: {} }));
    expect(
      await makeSecretStore(api.client, { a: "b" }).createIfAbsent("creds", { key: "value" }, forever),
    ).toBe(true);
    expect(api.asked).toMatchObject([
      {
        method: "POST",
        path: "/api/v1/namespaces/antdb/secrets",
        body: { metadata: { name: "creds", labels: { a: "b" } }, stringData: { key: "value" } },
      },
    ]);
  });

  it("leaves one that is there", async () => {
    await using api = await startKubeApi(() => status(409, "exists"));
    expect(await makeSecretStore(api.client, {}).createIfAbsent("creds", {}, forever)).toBe(false);
  });

  const secret = (data: object) => ({ status: 200, body: { metadata: { resourceVersion: "7" }, data } });

  it("names the entries that hold anything", async () => {
    await using api = await startKubeApi(() => secret({ full: "eA==", empty: "" }));
    expect(await makeSecretStore(api.client, {}).readKeys("creds", forever)).toEqual(["full"]);
    await using none = await startKubeApi(() => status(404, "not found"));
    expect(await makeSecretStore(none.client, {}).readKeys("creds", forever)).toBeUndefined();
  });

  it("adds an entry to the version it has seen", async () => {
    await using api = await startKubeApi(() => secret({ old: "eA==" }));
    await makeSecretStore(api.client, {}).addKey("creds", "new", "value", forever);
    expect(api.asked[1]).toMatchObject({
      method: "PATCH",
      body: { metadata: { resourceVersion: "7" }, stringData: { new: "value" } },
    });
  });

  it("never writes over an entry that is there by now", async () => {
    await using api = await startKubeApi(() => secret({ new: "eA==" }));
    await makeSecretStore(api.client, {}).addKey("creds", "new", "value", forever);
    expect(api.asked.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("does not mind one that is gone already", async () => {
    await using api = await startKubeApi(() => status(404, "not found"));
    await makeSecretStore(api.client, {}).deleteSecret("creds", forever);
    expect(api.asked[0]?.method).toBe("DELETE");
  });
});
