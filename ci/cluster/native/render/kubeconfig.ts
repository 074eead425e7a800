// Kubeconfigs and the DNS part of a cluster. Pure.

/** PEM texts of a client certificate and what it is checked against. */
export interface Credential {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A self-contained kubeconfig: no path in it, so it can be copied. */
export const renderKubeconfig = (name: string, server: string, credential: Credential): string =>
  [
    "apiVersion: v1",
    "kind: Config",
    `current-context: ${name}`,
    `clusters: [{name: ${name}, cluster: {server: "${server}", certificate-authority-data: ${base64(credential.authority)}}}]`,
    `users: [{name: ${name}, user: {client-certificate-data: ${base64(credential.certificate)}, client-key-data: ${base64(credential.key)}}}]`,
    `contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]`,
    "",
  ].join("\n");
