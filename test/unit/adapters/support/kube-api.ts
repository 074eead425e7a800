import { once } from "node:events";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeClient } from "../../../../hooks/adapters/kube/client.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** `silence` leaves the request open. */
export type Told = { readonly status: number; readonly body: unknown } | "silence";

export interface KubeApi extends AsyncDisposable {
  readonly client: KubeClient;
  readonly asked: Asked[];
  readonly connections: () => number;
}

/** An API server on loopback that says what a test wants, and a client of ours for it. */
export async function startKubeApi(tell: (asked: Asked) => Told, requestTimeoutMs = 2000): Promise<KubeApi> {
  const asked: Asked[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://api");
      const text = Buffer.concat(chunks).toString();
      const one = {
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
      asked.push(one);
      const told = tell(one);
      if (told === "silence") return;
      response.writeHead(told.status, { "content-type": "application/json" }).end(JSON.stringify(told.body));
    });
  });
  server.on("connection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const folder = mkdtempSync(join(tmpdir(), "antdb-kube-"));
  const path = join(folder, "config");
  writeFileSync(path, JSON.stringify(kubeconfig(`http://127.0.0.1:${port}`)));
  const client = new KubeClient({
    source: { kind: "kubeconfig", path },
    namespace: "antdb",
    requestTimeoutMs,
  });
  return {
    client,
    asked,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const kubeconfig = (server: string): object => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "test",
  // client-node refuses plain http unless it is told not to look at certificates.
  clusters: [{ name: "test", cluster: { server, "insecure-skip-tls-verify": true } }],
  users: [{ name: "test", user: {} }],
  contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
});

export const status = (code: number, message: string): Told => ({
  status: code,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", message, code },
});
