import { describe, expect, it } from "vitest";
import { serveHealth } from "../../../../hooks/adapters/http/health-server.ts";

describe("the health endpoint", () => {
  it("answers GET with what it is told, and nothing else", async () => {
    await using server = await serveHealth(0, (path) => ({ status: 503, type: "text/plain", body: path }));
    const at = `http://127.0.0.1:${server.port}`;
    const answer = await fetch(`${at}/healthz?verbose=1`);
    expect([answer.status, await answer.text()]).toEqual([503, "/healthz"]);
    expect((await fetch(`${at}/`, { method: "POST", body: "x" })).status).toBe(405);
  });

  it("names a port that is taken", async () => {
    const respond = (): { status: 200; type: string; body: string } => ({
      status: 200,
      type: "a/b",
      body: "",
    });
    await using server = await serveHealth(0, respond);
    await expect(serveHealth(server.port, respond)).rejects.toMatchObject({
      facts: { class: "terminal", code: "port-taken" },
    });
  });

  it("ends although a client keeps its connection open", async () => {
    const server = await serveHealth(0, () => ({ status: 200, type: "text/plain", body: "ok" }));
    await fetch(`http://127.0.0.1:${server.port}/healthz`);
    await server[Symbol.asyncDispose]();
    await expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).rejects.toThrow();
  });
});
