// Certificates of a native cluster: one authority, one certificate for each component and each host's kubelet.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";
import { apiServer, apiServiceAddress, hostAddress, type Layout } from "./layout.ts";
import { renderKubeconfig } from "./render/kubeconfig.ts";

const days = "3650";
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
/** An empty request template: openssl's own adds CA:TRUE to whatever it signs. */
const template = "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\n";

const file = (layout: Layout, name: string): string => join(layout.pki, name);
const done = (layout: Layout): string => file(layout, "done");

/** True when a complete set of certificates is there. */
export const hasCertificates = (layout: Layout): boolean => existsSync(done(layout));

interface Subject {
  readonly name: string;
  readonly subject: string;
  readonly alternatives?: string;
}

/** Writes NAME.crt and NAME.key, signed by the cluster's authority. */
const issue = async (layout: Layout, { name, subject, alternatives }: Subject): Promise<void> => {
  const extensions = ["keyUsage=digitalSignature,keyEncipherment", "extendedKeyUsage=serverAuth,clientAuth"];
  if (alternatives !== undefined) extensions.push(`subjectAltName=${alternatives}`);
  await run("openssl", [
    ...["req", "-x509", ...curve, "-config", file(layout, "openssl.cnf"), "-days", days, "-subj", subject],
    ...["-CA", file(layout, "ca.crt"), "-CAkey", file(layout, "ca.key")],
    ...["-keyout", file(layout, `${name}.key`), "-out", file(layout, `${name}.crt`)],
    ...extensions.flatMap((extension) => ["-addext", extension]),
  ]);
};

const components = (layout: Layout): Subject[] => {
  const names = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  const dns = [...names, "localhost", "cp"].map((name) => `DNS:${name}`);
  const addresses = [apiServiceAddress(layout), hostAddress(layout, "cp"), "127.0.0.1"].map(
    (ip) => `IP:${ip}`,
  );
  return [
    { name: "apiserver", subject: "/CN=kube-apiserver", alternatives: [...dns, ...addresses].join(",") },
    { name: "apiserver-kubelet-client", subject: "/O=system:masters/CN=kube-apiserver-kubelet-client" },
    { name: "front-proxy-client", subject: "/CN=front-proxy-client" },
    { name: "admin", subject: "/O=system:masters/CN=admin" },
    ...["controller-manager", "scheduler", "proxy"].map((name) => ({
      name: `kube-${name}`,
      subject: `/CN=system:kube-${name}`,
    })),
  ];
};

const accountKeys = async (layout: Layout): Promise<void> => {
  await run("openssl", ["genrsa", "-out", file(layout, "sa.key"), "2048"]);
  await run("openssl", ["rsa", "-in", file(layout, "sa.key"), "-pubout", "-out", file(layout, "sa.pub")]);
};

const authority = async (layout: Layout): Promise<void> => {
  await run("openssl", [
    ...["req", "-x509", ...curve, "-days", days, "-subj", `/CN=antdb-cluster-${layout.name}`],
    ...["-keyout", file(layout, "ca.key"), "-out", file(layout, "ca.crt")],
  ]);
  await Promise.all(components(layout).map((subject) => issue(layout, subject)));
};

/** Makes the authority and the components' certificates, when they are not there. */
export const ensureCertificates = async (layout: Layout): Promise<void> => {
  if (hasCertificates(layout)) return;
  rmSync(layout.pki, { recursive: true, force: true }); // half of one
  mkdirSync(layout.pki, { recursive: true, mode: 0o700 });
  writeFileSync(file(layout, "openssl.cnf"), template);
  await Promise.all([accountKeys(layout), authority(layout)]);
  writeFileSync(done(layout), "");
};

/** The certificate a host's kubelet serves and calls with. */
export const issueKubelet = (layout: Layout, host: string): Promise<void> =>
  issue(layout, {
    name: `kubelet-${host}`,
    subject: `/O=system:nodes/CN=system:node:${host}`,
    alternatives: `DNS:${host},DNS:localhost,IP:${hostAddress(layout, host)},IP:127.0.0.1`,
  });

/** A kubeconfig for the holder of certificate NAME. */
export const kubeconfigFor = (layout: Layout, name: string): string => {
  const text = (path: string): string => readFileSync(file(layout, path), "utf8");
  return renderKubeconfig(`antdb-cluster-${layout.name}`, apiServer(layout), {
    authority: text("ca.crt"),
    certificate: text(`${name}.crt`),
    key: text(`${name}.key`),
  });
};
