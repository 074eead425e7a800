import {
  AppsV1Api,
  BatchV1Api,
  CoordinationV1Api,
  CoreV1Api,
  createConfiguration,
  HttpMethod,
  KubeConfig,
  ServerConfiguration,
  Watch,
  type Configuration,
  type RequestContext,
} from "@kubernetes/client-node";
import { Failure } from "../../model/failure.ts";

/** By which name the API server remembers what this program has set; helm names it when it finds a field to be another's. */
export const fieldManager = "antdb";

/** Where the API is: in the pod by its ServiceAccount, elsewhere by a kubeconfig file. */
export type KubeSource = { readonly kind: "pod" } | { readonly kind: "kubeconfig"; readonly path: string };

/**
 * client-node 2 makes a new connection pool for every call, and each keeps its sockets open for as long as the server likes; one pool serves all.
 */
class SharedPoolConfig extends KubeConfig {
  #pool: ReturnType<RequestContext["getDispatcher"]>;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#pool ??= context.getDispatcher();
    if (this.#pool !== undefined) context.setDispatcher(this.#pool);
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = undefined;
  }
}

/** The API as this program uses it: one namespace, and a bound on every request (client-node has none of its own). */
export class KubeClient implements AsyncDisposable {
  readonly namespace: string;
  readonly #config = new SharedPoolConfig();
  readonly #server: string;
  readonly #requestTimeoutMs: number;

  constructor(options: { source: KubeSource; namespace: string; requestTimeoutMs: number }) {
    this.namespace = options.namespace;
    this.#requestTimeoutMs = options.requestTimeoutMs;
    this.#server = load(this.#config, options.source);
  }

  core(signal: AbortSignal): CoreV1Api {
    return new CoreV1Api(this.#configuration(signal));
  }

  apps(signal: AbortSignal): AppsV1Api {
    return new AppsV1Api(this.#configuration(signal));
  }

  /** Bounded by the server's own time-out and by silence, not by the request's. */
  watch(): Watch {
    return new Watch(this.#config);
  }

  batch(signal: AbortSignal): BatchV1Api {
    return new BatchV1Api(this.#configuration(signal));
  }

  coordination(signal: AbortSignal): CoordinationV1Api {
    return new CoordinationV1Api(this.#configuration(signal));
  }

  #configuration(signal: AbortSignal): Configuration {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(this.#requestTimeoutMs)]);
    return createConfiguration({
      baseServer: new ServerConfiguration(this.#server, {}),
      authMethods: { default: this.#config },
      promiseMiddleware: [
        {
          pre: (context) => {
            context.setSignal(bounded);
            // Else it is sent as a JSON patch, which is a list of operations.
            if (context.getHttpMethod() === HttpMethod.PATCH)
              context.setHeaderParam("Content-Type", "application/merge-patch+json");
            return Promise.resolve(context);
          },
          post: (response) => Promise.resolve(response),
        },
      ],
    });
  }

  /** Ends idle connections, which would keep the process alive. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#config.close();
  }
}

function load(config: KubeConfig, source: KubeSource): string {
  const object = source.kind === "pod" ? "the pod's ServiceAccount" : source.path;
  try {
    if (source.kind === "pod") config.loadFromCluster();
    else config.loadFromFile(source.path);
  } catch (error) {
    const what = `can't be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new Failure({ class: "terminal", code: "no-kubeconfig", what, object }, { cause: error });
  }
  const server = config.getCurrentCluster()?.server;
  if (server !== undefined && !server.includes("undefined")) return server;
  throw new Failure({ class: "terminal", code: "no-kubeconfig", what: "names no API server", object });
}
