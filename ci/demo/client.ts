// A client as a user would have one: a pod with psql that logs in by password through the client Service.
import type { Kube } from "./kube.ts";

export interface ClientOptions {
  readonly kube: Kube;
  /** Any image with psql in it; the engine's own will do. */
  readonly image: string;
  readonly fullname: string;
  readonly name: string;
}

const fromSecret = (secret: string, key: string): object => ({
  valueFrom: { secretKeyRef: { name: secret, key } },
});

function clientPod({ image, fullname, name }: ClientOptions): object {
  const secret = `${fullname}-credentials`;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { "app.kubernetes.io/name": "antdb-client" } },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "psql",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["/bin/bash", "-c", "trap 'exit 0' TERM; sleep infinity & wait"],
          env: [
            { name: "PGUSER", ...fromSecret(secret, "username") },
            { name: "PGPASSWORD", ...fromSecret(secret, "password") },
            { name: "PGDATABASE", ...fromSecret(secret, "database") },
            { name: "PGHOST", value: `${fullname}-rw` },
            { name: "PGCONNECT_TIMEOUT", value: "5" },
          ],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}

/** Starts the client's pod and waits until it runs. */
export async function startClient(options: ClientOptions): Promise<void> {
  const { kube, name } = options;
  await kube.kubectl(["delete", "pod", name, "--ignore-not-found", "--wait"]);
  await kube.kubectl(["apply", "-f", "-"], JSON.stringify(clientPod(options)));
  await kube.kubectl(["wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s"]);
}

/**
 * Runs SQL in the client's pod, rows as lines with columns apart by `|`.
 * @param host another server than the client Service, such as one coordinator's address
 */
export async function sql(
  { kube, name }: ClientOptions,
  statement: string,
  options: { host?: string; database?: string } = {},
): Promise<string> {
  const where = [
    ...(options.host === undefined ? [] : ["-h", options.host]),
    ...(options.database === undefined ? [] : ["-d", options.database]),
  ];
  return kube.kubectl(
    ["exec", "-i", name, "--", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...where],
    statement,
  );
}
