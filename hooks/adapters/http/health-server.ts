import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { Failure } from "../../model/failure.ts";
import type { Respond } from "../../ports/http.ts";

const pathOf = (url: string | undefined): string => (url ?? "/").split("?", 1)[0] ?? "/";

const listener =
  (respond: Respond): RequestListener =>
  (request, response) => {
    // Nobody sends a body here; whoever does is not listened to.
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    const { status, type, body } = respond(pathOf(request.url));
    response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
    response.end(request.method === "HEAD" ? undefined : body);
  };

/** @param port 0: any free one */
export async function serveHealth(
  port: number,
  respond: Respond,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, listener(respond));
  try {
    server.listen(port);
    await once(server, "listening");
  } catch (error) {
    const what = `can't be served: ${error instanceof Error ? error.message : String(error)}`;
    throw new Failure(
      { class: "terminal", code: "port-taken", what, object: `port ${port}` },
      { cause: error },
    );
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
